/** What a case of a contract asks, wants and got, in one line each, for a person who looks for the fault. */
import { boundedText, type ContractCase, type Fetched, formatDurationMs } from '@bakeoff/model'
import { mediaTypeOf } from './head.js'
import { snippet } from './snippet.js'

/** `POST /predict, body "{"`, and what is stopped meanwhile. */
export function requestWords({ request, while: fault }: ContractCase): string {
  const { method, path, headers, body, bodyBase64, bodyPad, service, abandonAfterMs } = request
  const sent =
    bodyBase64 !== null
      ? `${Buffer.from(bodyBase64, 'base64').length} bytes that are no text`
      : bodyPad !== null
        ? `${bodyPad.prefix.length + bodyPad.unit.length * bodyPad.times + bodyPad.suffix.length} characters, ${snippet(bodyPad.prefix + bodyPad.unit)} …`
        : body === null
          ? null
          : snippet(body)
  return [
    `${method} ${path}${service === null ? '' : ` of ${service}`}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(sent === null ? [] : [`body ${sent}`]),
    ...(fault === null ? [] : [`while ${fault.stopped} is stopped`]),
    ...(abandonAfterMs === null ? [] : [`the client leaves after ${abandonAfterMs} ms`]),
  ].join(', ')
}

/** `status 400, application/json, mentions "body", within 10 s` */
export function expectedWords({ expect, withinMs, while: fault }: ContractCase): string {
  const again = fault === null ? [] : [`golden answers again once ${fault.stopped} is back`]
  if (expect === null) return ['nothing: no answer is compared', ...again].join(', ')
  const statuses = typeof expect.status === 'number' ? [expect.status] : expect.status
  return [
    `status ${statuses.join(' or ')}`,
    ...(expect.contentType === null ? [] : [mediaTypeOf(expect.contentType)]),
    ...Object.entries(expect.headers).map(
      ([name, value]) => `header ${name}${value === '*' ? '' : ` ${snippet(value)}`}`,
    ),
    ...(expect.body === null ? [] : [`body ${snippet(expect.body)}`]),
    ...(expect.json === null ? [] : [`JSON with ${snippet(expect.json)}`]),
    ...expect.mentions.map((text) => `mentions ${snippet(text)}`),
    `within ${formatDurationMs(withinMs)}`,
    ...again,
  ].join(', ')
}

/** `status 500, text/plain, "oops"`, or why there was no answer. */
export function gotWords({ status, headers, body, error, durationMs }: Fetched): string {
  if (error !== null) return boundedText(`no answer: ${error}`)
  const type = headers['content-type']
  const said = [
    `status ${status ?? 'none'}`,
    ...(type === undefined ? [] : [mediaTypeOf(type)]),
    body === '' ? 'no body' : snippet(body),
    `after ${Math.round(durationMs)} ms`,
  ]
  return boundedText(said.join(', '))
}
