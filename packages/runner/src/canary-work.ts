/** What a canary sends: requests and answers as long as those of a scenario, and filled in as they are. */
import { keysOf } from '@bakeoff/core'
import type { PlannedScenario, RequestLine, ValueSpec } from '@bakeoff/model'
import { type Corpus, corpusOf, type Materials } from './materials.js'
import type { Work, WorkState } from './ports.js'

const ANSWER = 'Prediction: Iris-Setosa'
/** The most bytes of an answer of the null server. */
const LONGEST_ANSWER = 65_536

/** A request and an answer with the median lengths of the scenario. What is filled into the request is filled in here too: it takes time of the agent. */
export function workLike(
  scenario: PlannedScenario,
  materials: Materials,
  seed: number,
): { work: Work; requestBytes: number; answerBytes: number } {
  const corpus = corpusOf(scenario, materials)
  const { requests, golden } = corpus
  const bodies = requests.map(({ body }) => Buffer.byteLength(body ?? ''))
  const middle = (lengths: readonly number[]) => lengths.toSorted((a, b) => a - b)[Math.floor(lengths.length / 2)] ?? 0
  const requestBytes = middle(bodies)
  const answerBytes = Math.min(
    LONGEST_ANSWER,
    Math.max(ANSWER.length, middle(golden.map(({ body }) => Buffer.byteLength(body)))),
  )
  const usual = requests[bodies.indexOf(requestBytes)]
  const request = {
    method: usual?.method ?? 'GET',
    path: '/',
    headers: usual?.headers ?? {},
    body: usual?.body ?? null,
  }
  return {
    requestBytes,
    answerBytes,
    work: {
      requests: [request],
      golden: [{ status: 200, contentType: 'text/plain', body: ANSWER.padEnd(answerBytes, '.') }],
      compare: 'exact',
      tolerance: 0,
      seed,
      respell: null,
      state: fillingOf(request, corpus),
    },
  }
}

/** What fills a request in. The null server's answers give nothing, so that a number stands for what is captured, and a text for a secret. */
function fillingOf(request: Pick<RequestLine, 'path' | 'headers' | 'body'>, { state }: Corpus): WorkState | null {
  const keys = keysOf(request)
  const values = Object.entries(state?.values ?? {})
    .filter(([key]) => keys.includes(key))
    .map(([key, value]): [string, ValueSpec] => [
      key,
      value.kind === 'captured'
        ? { kind: 'counter', from: 0 }
        : value.kind === 'secret'
          ? { kind: 'pick', items: ['secret'] }
          : value,
    ])
  if (values.length === 0) return null
  return { values: Object.fromEntries(values), traffic: null, before: [], after: [], secrets: {}, countFrom: 0 }
}
