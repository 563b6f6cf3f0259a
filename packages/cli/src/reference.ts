/** Asks the service that is declared the reference, a server that runs or a target, everything twice: its answers become golden. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answered, nameOf, shownEntries } from '@bakeoff/core'
import { BakeoffError, type Fetched, type GoldenLine, type RequestLine, type ScenarioSpec } from '@bakeoff/model'
import { recordAnswers } from '@bakeoff/runner'
import { BoundedBytes, send } from './http-exchange.js'
import type { Invocation } from './invocation.js'
import { onEngine } from './on-engine.js'
import { makePlan, USUAL_PLAN } from './planning.js'
import { openCatalogue } from './project.js'
import type { Secrets } from './secrets.js'
import { readMachine } from './workbench.js'

/** Twice, and more than a second apart: a time of day in whole seconds is another one then. */
const PASSES = 2
const APART_MS = 1100
const MOST_BYTES = 8 * 1024 ** 2

/** What a reference answered, and what of it no golden answer can be made of. */
export interface FromReference {
  readonly answered: readonly Answered[]
  readonly notes: readonly string[]
}

/** The address of a server that runs; null when the reference is the name of a target. */
export function serverOf(reference: string): URL | null {
  if (!/^https?:/i.test(reference)) return null
  let url: URL
  try {
    url = new URL(reference)
  } catch {
    throw new BakeoffError('BAD_SPEC', `"${reference}" is no address`, { hint: 'Write it as http://127.0.0.1:3000' })
  }
  if (url.pathname === '/' && url.search === '' && url.username === '') return url
  throw new BakeoffError('BAD_SPEC', `"${reference}" has more than scheme, host and port`, {
    hint: `Paths are those of the requests. Write ${url.protocol}//${url.host}`,
  })
}

/**
 * Asks a server that runs, one request after the other.
 *
 * @throws BakeoffError NOT_READY for a request without an answer
 */
export async function askServer(
  server: URL,
  requests: readonly RequestLine[],
  { signal, apartMs = APART_MS }: { readonly signal: AbortSignal; readonly apartMs?: number },
): Promise<FromReference> {
  const passes: (GoldenLine | null)[][] = []
  for (let pass = 0; pass < PASSES; pass++) {
    if (pass > 0) await sleep(apartMs, undefined, { signal }).catch(() => signal.throwIfAborted())
    const answers: (GoldenLine | null)[] = []
    for (const request of requests) answers.push(await askOnce(server, request, signal))
    passes.push(answers)
  }
  return fromPasses(requests, passes)
}

/** What a target is asked for golden answers. */
export interface AskedTarget {
  readonly draft: ScenarioSpec
  /** its name, or name/variant; its target.yaml need not have the scenario yet */
  readonly target: string
  /** the requests as they are sent, with secrets filled in */
  readonly requests: readonly RequestLine[]
  readonly secrets: Secrets
}

/** Starts a target as `check` does, within the caps and beside the services of the scenario, and asks it. */
export async function askTarget(
  invocation: Invocation,
  { draft, target, requests, secrets }: AskedTarget,
): Promise<FromReference> {
  const { project, terminal, stop } = invocation
  const whole = openCatalogue(project, terminal, [draft])
  const [name] = target.split('/')
  const catalogue = {
    ...whole,
    targets: whole.targets.map((one) => {
      if (one.name !== name) return one
      const withDraft = (scenarios: readonly string[]) => [...new Set([...scenarios, draft.id])]
      const variants = one.variants.map((variant) => ({ ...variant, scenarios: withDraft(variant.scenarios) }))
      return { ...one, scenarios: withDraft(one.scenarios), variants }
    }),
  }
  const setting = { project, catalogue, machine: await readMachine(terminal, stop.signal) }
  const selection = { scenarios: [draft.id], targets: [target], all: true, claims: false }
  const plan = makePlan(setting, { ...USUAL_PLAN, selection }, new Date())
  const passes = await onEngine(invocation, { setting, plan, secrets, keep: false }, async (run) => {
    const [entry] = shownEntries(run.plan.entries)
    if (!entry)
      throw new BakeoffError('BAD_SPEC', `${target} does not serve ${draft.id}`, {
        hint: 'npm run list shows what there is.',
      })
    terminal.live(`asking ${entry.id}`)
    return await recordAnswers(run, entry, { requests, passes: PASSES, apartMs: APART_MS })
  })
  return fromPasses(
    requests,
    passes.map((answers) => answers.map((answer, index) => toGolden(target, requests[index] as RequestLine, answer))),
  )
}

async function askOnce(server: URL, request: RequestLine, signal: AbortSignal): Promise<GoldenLine | null> {
  const { method, path, headers, body } = request
  const bytes = body === null ? null : Buffer.from(body)
  const bounded = new BoundedBytes(MOST_BYTES)
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)])
  try {
    const length = bytes === null ? {} : { 'content-length': String(bytes.length) }
    const answer = await send(server, { method, path, headers: { ...headers, ...length }, body: bytes }, inTime)
    for await (const chunk of answer as AsyncIterable<Buffer>) bounded.add(chunk)
    const text = bounded.text
    return text === null
      ? null
      : { status: answer.statusCode as number, contentType: answer.headers['content-type'] ?? null, body: text }
  } catch (error) {
    signal.throwIfAborted()
    // Also in the middle of the body, where the stream only says that it was aborted.
    const { code, message } = error as NodeJS.ErrnoException
    throw noAnswer(
      server.origin,
      request,
      inTime.aborted ? `nothing within ${ANSWER_MS / 1000} s` : (code ?? message),
      error,
    )
  }
}

/** How long a server may take for one answer. */
const ANSWER_MS = 30_000

function toGolden(target: string, request: RequestLine, answer: Fetched): GoldenLine | null {
  if (answer.error !== null || answer.status === null) throw noAnswer(target, request, answer.error ?? 'no status')
  if (answer.bodyTruncated) return null
  return { status: answer.status, contentType: answer.headers['content-type'] ?? null, body: answer.body }
}

function noAnswer(who: string, request: RequestLine, why: string, cause?: unknown): BakeoffError {
  return new BakeoffError('NOT_READY', `${who} gave no answer to ${nameOf(request)}: ${why}`, {
    cause,
    hint: 'A reference answers everything that it is asked. Start it, or take that request out.',
  })
}

function fromPasses(
  requests: readonly RequestLine[],
  passes: readonly (readonly (GoldenLine | null)[])[],
): FromReference {
  const answered: Answered[] = []
  const bytes: string[] = []
  for (const [index, request] of requests.entries()) {
    const answers = passes.map((pass) => pass[index] ?? null)
    if (answers.every((answer) => answer !== null)) answered.push({ request, answers })
    else bytes.push(nameOf(request))
  }
  const notes =
    bytes.length === 0
      ? []
      : [
          `Left out, since the answer is no text or longer than 8 MiB: ${bytes.slice(0, 3).join(', ')}${bytes.length > 3 ? ` and ${bytes.length - 3} more` : ''}.`,
        ]
  return { answered, notes }
}
