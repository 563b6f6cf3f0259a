import { type GoldenLine, type RequestLine, visibleText } from '@bakeoff/model'
import { stringify } from 'yaml'
import type { Ignored } from './golden.js'
import type { Secret } from './recorded.js'
import type { Json } from './schema-values.js'

/** A scenario that is not written yet. */
export interface ScenarioDraft {
  readonly name: string
  /** one sentence: what a request does, or where the requests come from */
  readonly summary: string
  /** whose answers are golden, as it stands after "as they were answered by "; null: no answer is known yet */
  readonly answeredBy: string | null
  readonly services: Readonly<Record<string, Json>>
  readonly ignore: readonly Ignored[]
  readonly secrets: readonly Secret[]
}

/** A target alone, within the caps to begin with. */
export const TARGET_ALONE: Readonly<Record<string, Json>> = {
  target: { image: '${TARGET_IMAGE}', cpus: 1, mem_limit: '512m' },
}

/** The text of compose/NAME.yaml. */
export function scenarioText({ name, summary, answeredBy, services, ignore, secrets }: ScenarioDraft): string {
  const comment =
    answeredBy === null ? '' : `# Golden answers are as ${visibleText(answeredBy).replaceAll('\n', ' ')} gave them.\n`
  return `# yaml-language-server: $schema=../schema/scenario.schema.json
${comment}name: ${name}
${stringify({ services }, { lineWidth: 0 })}x-scenario:
  summary: ${JSON.stringify(summary)}
  requests: ${name}/requests.ndjson
${expectLines(name, ignore).join('\n')}
${valueLines(secrets)}  # One connection shows the latency of an idle service, 64 what it gives when it is asked for more. \`slo: { p99: 50ms, at: 200/s }\` says what is good enough, and asks who keeps it at that rate.
  load: { closed: [1, 64] }
`
}

function expectLines(name: string, ignore: readonly Ignored[]): string[] {
  if (ignore.length === 0) return [`  expect: { golden: ${name}/golden.ndjson, compare: exact }`]
  return [
    '  expect:',
    `    golden: ${name}/golden.ndjson`,
    '    compare: exact',
    '    # These differed between two answers to one request, so they are not compared. One that should be the same is a fault of the service: take it out here.',
    '    ignore:',
    ...ignore.flatMap(({ pointer, because }) => [`      # ${because}`, `      - ${JSON.stringify(pointer)}`]),
  ]
}

function valueLines(secrets: readonly Secret[]): string {
  if (secrets.length === 0) return ''
  const lines = secrets.map(({ name, variable }) => `    ${name}: { secret: ${variable} }`)
  return ['  # Read from the environment when they are sent, and written nowhere.', '  values:', ...lines, ''].join(
    '\n',
  )
}

/** The text of requests.ndjson. */
export function requestLines(requests: readonly RequestLine[]): string {
  return requests
    .map(({ method, path, headers, body }) =>
      JSON.stringify({
        method,
        path,
        ...(Object.keys(headers).length > 0 ? { headers } : {}),
        ...(body === null ? {} : { body }),
      }),
    )
    .map((line) => `${line}\n`)
    .join('')
}

/** The text of golden.ndjson. */
export function goldenLines(golden: readonly GoldenLine[]): string {
  return golden
    .map(({ status, contentType, body, ignore }) =>
      JSON.stringify({ status, ...(contentType === null ? {} : { contentType }), body, ...(ignore ? { ignore } : {}) }),
    )
    .map((line) => `${line}\n`)
    .join('')
}
