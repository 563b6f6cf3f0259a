/** Makes a scenario of what a user has: requests from one source, services from a docker-compose file, answers from a reference. */
import { readFileSync, statSync } from 'node:fs'
import { dirname, join, posix, relative, resolve } from 'node:path'
import {
  answersSeen,
  type ComposeBuild,
  type ComposeReading,
  type ComposeTarget,
  goldenLines,
  goldenOf,
  hiderOf,
  isOfApi,
  madeValueNotes,
  maskedAnswers,
  parseScenario,
  type Recording,
  readCompose,
  readCurl,
  readHar,
  readOpenApi,
  recordingOf,
  requestLines,
  type ScenarioDraft,
  type Secret,
  type SecretsAs,
  scenarioText,
  TARGET_ALONE,
} from '@bakeoff/core'
import { BakeoffError, formatBytes, type GoldenLine, type RequestLine, type ScenarioSpec } from '@bakeoff/model'
import type { Invocation } from './invocation.js'
import { type NewFile, thereAlready, writeNew } from './new-files.js'
import { needPlaceToAdd, scenarioPlace, shownPath } from './project.js'
import { RecordingProxy } from './recording-proxy.js'
import { askServer, askTarget, type FromReference, serverOf } from './reference.js'
import { type ReplacedScenario, readReplaced, takeItsPlace } from './replaced-scenario.js'
import { repositoryOf } from './repository.js'
import { refuseContradictions, type ScenarioSources } from './scenario-sources.js'
import { withKnownSchema } from './schema-line.js'
import { secretProblem } from './secrets.js'

export interface NewScenario {
  /** absolute, without `.yaml` the path of its file too */
  readonly folder: string
  readonly requests: number
  readonly notes: readonly string[]
  /** how the service that the docker-compose file has becomes a target; null: there is no such file */
  readonly target: string | null
  /** names of targets that serve it in place of the one that it replaces */
  readonly served: readonly string[]
  /** by their path from the root */
  readonly texts: Readonly<Record<string, string>>
}

export function isScenarioName(name: string): boolean {
  return /^[a-z0-9][a-z0-9-]*$/.test(name)
}

/**
 * Makes a scenario that `plan` reads as it is. No file that is there is touched, but for those that init began and the user names.
 *
 * @throws BakeoffError BAD_SPEC for what cannot be read, a name that is taken, or a scenario without answers
 */
export async function newScenario(
  invocation: Invocation,
  name: string,
  sources: ScenarioSources,
  { write }: { readonly write: boolean },
): Promise<NewScenario> {
  needPlaceToAdd(invocation.project)
  const { root } = invocation.project
  const folder = join(root, 'compose', name)
  const replaced = sources.replace === null ? null : readReplaced(root, sources.replace)
  if (replaced?.name !== name) refuseTaken(root, name)
  refuseContradictions(sources)
  const compose = sources.compose === null ? null : composeOf(root, sources.compose, sources.targetService)
  const recording = await recordingFrom(invocation, sources, compose)
  const draft: ScenarioDraft = {
    name,
    summary: summaryOf(sources, compose),
    answeredBy: answeredBy(sources),
    services: compose?.services ?? replaced?.services ?? TARGET_ALONE,
    ignore: [],
    secrets: [],
  }
  // Wrong services are told before a reference is started, and before something is written.
  const spec = parseDraft(root, draft, recording)
  const asked = await answersOf(invocation, spec, recording, sources)
  const masked = maskedAnswers(asked.answered, recording.sent)
  const { requests, golden, ignore, notes } = goldenOf(masked.answered)
  if (requests.length === 0)
    throw new BakeoffError(
      'BAD_SPEC',
      [`no request of ${name} has a golden answer`, ...asked.notes, ...masked.notes, ...notes].join('\n'),
      {
        hint: 'Requests whose answers stay the same, or have places that can be ignored, make a scenario.',
      },
    )
  const texts = textsOf(folder, { ...draft, ignore, secrets: recording.secrets }, { requests, golden })
  if (write) writeAll(root, { name, replaced, texts })
  return {
    folder,
    requests: requests.length,
    notes: [
      ...(compose?.notes ?? []),
      ...recording.notes,
      ...asked.notes,
      ...masked.notes,
      ...notes,
      ...madeValueNotes(recording.recorded),
      ...(replaced === null
        ? []
        : [`It takes the place of ${replaced.name}, which init began: the files of that are removed.`]),
    ],
    target: compose === null || replaced !== null ? null : targetAdvice(compose.target, name),
    served: Object.keys(replaced?.targets ?? {}),
    texts,
  }
}

function textsOf(
  folder: string,
  draft: ScenarioDraft,
  { requests, golden }: { readonly requests: readonly RequestLine[]; readonly golden: readonly GoldenLine[] },
): NewScenario['texts'] {
  return {
    [`compose/${draft.name}.yaml`]: withKnownSchema(scenarioText(draft), `${folder}.yaml`),
    [`compose/${draft.name}/requests.ndjson`]: requestLines(requests),
    [`compose/${draft.name}/golden.ndjson`]: goldenLines(golden),
  }
}

function refuseTaken(root: string, name: string): void {
  const [taken] = thereAlready(root, [`compose/${name}.yaml`, `compose/${name}`])
  if (taken === undefined) return
  throw new BakeoffError('BAD_SPEC', `${shownPath(join(root, taken))} is there already, and is not written over`, {
    hint: `Choose another name than ${name}, or move it away.`,
  })
}

async function recordingFrom(
  invocation: Invocation,
  sources: ScenarioSources,
  compose: ComposeReading | null,
): Promise<Recording> {
  const { har, openapi, curl, from, secretsAs, filter, most, each, seed } = sources
  if (har !== null) return readHar(har, readGiven(har), { filter, secretsAs, most })
  if (openapi !== null)
    return readOpenApi(openapi, readGiven(openapi), { secretsAs, methods: filter.methods, each, most, seed })
  if (curl !== null) return together(curl.map((one) => curlOf(one, secretsAs)))
  if (from !== null) return await recordTraffic(invocation, from, sources)
  const path = compose?.target.health ?? '/'
  const request: RequestLine = { method: 'GET', path, headers: {}, body: null }
  return {
    recorded: [{ request, answer: null }],
    secrets: [],
    sent: [],
    notes: [
      `A docker-compose file has no requests: GET ${path} is there to begin with. --har, --openapi, --curl or --from beside it give others.`,
    ],
  }
}

function curlOf(given: string, secretsAs: SecretsAs): Recording {
  return given.startsWith('@')
    ? readCurl(given.slice(1), readGiven(given.slice(1)), secretsAs)
    : readCurl('--curl', given, secretsAs)
}

function together(recordings: readonly Recording[]): Recording {
  const secrets = new Map(recordings.flatMap(({ secrets }) => secrets.map((secret) => [secret.name, secret] as const)))
  return {
    recorded: recordings.flatMap(({ recorded }) => recorded),
    notes: [...new Set(recordings.flatMap(({ notes }) => notes))],
    secrets: [...secrets.values()],
    sent: recordings.flatMap(({ sent }) => sent),
  }
}

/** Runs a recording proxy until the user ends it or enough has come. */
async function recordTraffic(
  { terminal, stop }: Invocation,
  from: string,
  sources: ScenarioSources,
): Promise<Recording> {
  const { filter, secretsAs, most, count, port } = sources
  const server = serverOf(from)
  if (server === null)
    throw new BakeoffError('BAD_SPEC', `--from ${from} is no address`, {
      hint: 'Write it with its scheme: http://127.0.0.1:3000',
    })
  const wanted = Math.min(count ?? most, most)
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  let counted = 0
  await using proxy = await openProxy(server, port, (exchange) => {
    if (isOfApi(exchange, filter)) counted++
    terminal.live(`${counted} recorded; the last one: ${exchange.method} ${exchange.path.slice(0, 60)}`)
    if (counted >= wanted) end()
  })
  terminal.say(`Send requests to ${proxy.origin} in place of ${server.origin}: they are passed on and recorded.`)
  terminal.say(
    count === null ? 'Ctrl-C ends it, and the scenario is written.' : `It ends after ${wanted} requests, or by Ctrl-C.`,
  )
  const takeBack = stop.onNextSignal(end)
  stop.signal.addEventListener('abort', end)
  await ended
  takeBack()
  stop.signal.throwIfAborted()
  terminal.live('')
  const recording = recordingOf(proxy.seen, { filter, secretsAs })
  if (recording.recorded.length > 0) return { ...recording, recorded: recording.recorded.slice(0, wanted) }
  throw new BakeoffError('BAD_SPEC', [`nothing of an API was sent to ${proxy.origin}`, ...recording.notes].join('\n'), {
    hint: '--mime and --method say which requests are taken.',
  })
}

async function openProxy(
  server: URL,
  port: number,
  onExchange: Parameters<typeof RecordingProxy.open>[1]['onExchange'],
): Promise<RecordingProxy> {
  try {
    return await RecordingProxy.open(server, { port, onExchange })
  } catch (cause) {
    throw new BakeoffError('BAD_SPEC', `the proxy cannot listen on port ${port}: ${(cause as Error).message}`, {
      cause,
      hint: 'Leave --port out: any free port is taken then.',
    })
  }
}

function composeOf(root: string, file: string, targetService: string | null): ComposeReading {
  const posixPath = (from: string, to: string) => relative(from, to).replaceAll('\\', '/')
  const repository = repositoryOf(root)
  const place = dirname(resolve(file))
  const isInside = !/^\.\.(\/|$)/.test(posixPath(repository, place))
  return readCompose(file, readGiven(file), {
    targetService,
    folder: isInside ? posixPath(root, place) : null,
    repository: posixPath(root, repository),
  })
}

/** A file that the user names. Recordings of a browser are large. */
const MOST_BYTES = 256 * 1024 ** 2

function readGiven(file: string): string {
  try {
    const facts = statSync(file)
    if (!facts.isFile()) throw new BakeoffError('BAD_SPEC', `${file} is no file`, { hint: 'Name a file.' })
    if (facts.size > MOST_BYTES)
      throw new BakeoffError('BAD_SPEC', `${file} is larger than ${formatBytes(MOST_BYTES)}`, {
        hint: 'Record less of it.',
      })
    return readFileSync(file, 'utf8')
  } catch (cause) {
    if (cause instanceof BakeoffError) throw cause
    throw new BakeoffError('BAD_SPEC', `${file} cannot be read: ${(cause as Error).message}`, {
      cause,
      hint: `Paths are from the folder you are in, ${process.cwd()}.`,
    })
  }
}

function parseDraft(root: string, draft: ScenarioDraft, { recorded }: Recording): ScenarioSpec {
  const texts: Record<string, string> = {
    [`${draft.name}/requests.ndjson`]: requestLines(recorded.map(({ request }) => request)),
    [`${draft.name}/golden.ndjson`]: goldenLines(recorded.map(() => ({ status: 200, contentType: null, body: '' }))),
  }
  return parseScenario({
    ...scenarioPlace({ root, repository: repositoryOf(root) }, draft.name),
    yaml: scenarioText(draft),
    read: (path) => texts[path] ?? null,
  })
}

async function answersOf(
  invocation: Invocation,
  spec: ScenarioSpec,
  { recorded, secrets }: Recording,
  { reference }: ScenarioSources,
): Promise<FromReference> {
  if (reference === null) {
    const answered = answersSeen(recorded)
    const note =
      'Golden answers are those that were recorded. What in them changes from one asking to the next is known only where a request was recorded twice: --reference asks everything twice.'
    return { answered, notes: [note] }
  }
  const server = serverOf(reference)
  const values = Object.fromEntries(secrets.map((secret) => [secret.name, secretValue(secret, process.env)]))
  const sent = recorded.map(({ request }) => filledIn(request, values))
  const found =
    server === null
      ? await askTarget(invocation, {
          draft: spec,
          target: reference,
          requests: sent,
          secrets: { values, hide: hiderOf(values) },
        })
      : await askServer(server, sent, { signal: invocation.stop.signal })
  // What is written has the names of secrets, as it was before they were filled in.
  const written = new Map(sent.map((request, index) => [request, recorded[index]?.request as RequestLine]))
  return {
    ...found,
    answered: found.answered.map(({ request, answers }) => ({
      request: written.get(request) ?? request,
      answers: answers.map((answer) => takenOut(answer, values)),
    })),
  }
}

/** @throws BakeoffError BAD_SPEC when the variable is not set, or too short to be kept out of what is written */
function secretValue({ variable }: Secret, env: NodeJS.ProcessEnv): string {
  const value = env[variable]
  const problem = secretProblem(variable, value)
  if (problem) throw new BakeoffError('BAD_SPEC', problem.message, { hint: problem.hint })
  return value as string
}

/** A request as it is sent, with secrets in the place of their names. */
function filledIn(request: RequestLine, values: Readonly<Record<string, string>>): RequestLine {
  const fill = (text: string) =>
    Object.entries(values).reduce((before, [name, value]) => before.replaceAll(`{{${name}}}`, () => value), text)
  const headers = Object.entries(request.headers).map(([header, text]): [string, string] => [header, fill(text)])
  return { ...request, headers: Object.fromEntries(headers) }
}

/** A golden answer that names the secrets which a service repeats: they are filled in when it is compared. */
function takenOut(answer: GoldenLine, values: Readonly<Record<string, string>>): GoldenLine {
  const body = Object.entries(values).reduce((before, [name, value]) => {
    const isJson = /json/i.test(answer.contentType ?? '')
    const spelling = isJson ? JSON.stringify(value).slice(1, -1) : value
    return before.replaceAll(spelling, () => `{{${name}}}`)
  }, answer.body)
  return { ...answer, body }
}

interface ToWrite extends Pick<NewScenario, 'texts'> {
  readonly name: string
  readonly replaced: ReplacedScenario | null
}

function writeAll(root: string, { name, replaced, texts }: ToWrite): void {
  // The file that makes it a scenario comes last: half a one would be found by the next scan.
  const files = Object.entries(texts).map(([path, text]): NewFile => ({ path, text }))
  if (replaced === null) writeNew(root, files.toReversed())
  else takeItsPlace(root, replaced, { name, texts: files.toReversed() })
}

function summaryOf({ har, openapi, curl, from }: ScenarioSources, compose: ComposeReading | null): string {
  if (har !== null) return 'Requests of a recording (HAR)'
  if (openapi !== null) return 'Requests by an OpenAPI file'
  if (curl !== null) return 'Requests of curl commands'
  return from === null
    ? `Requests to ${compose?.target.service ?? 'the service'}`
    : `Requests recorded in front of ${from}`
}

function answeredBy({ reference, har, from }: ScenarioSources): string {
  if (reference !== null) return reference
  return from ?? `a recording, ${har},`
}

/** What the docker-compose file says of the service that is measured, as the beginning of a target. */
function targetAdvice({ service, image, build, port, health }: ComposeTarget, name: string): string {
  const made = build !== null ? buildLine(service, build) : image !== null ? `image: ${image}` : 'a Dockerfile'
  const facts = [
    made,
    ...(port === null ? [] : [`port: ${port}`]),
    ...(health === null ? [] : [`health: { path: ${health} }`]),
  ]
  return `${service} becomes a target by a folder in targets/ whose target.yaml says: ${[...facts, `scenarios: [${name}]`].join(', ')} (docs/adding-a-target.md).`
}

/** `build` of a target.yaml, which counts from the folder that it is in. */
function buildLine(target: string, { folder, dockerfile, stage }: ComposeBuild): string {
  const context = posix.relative(posix.join('/project', 'targets', target), posix.join('/project', folder))
  if (dockerfile === null && stage === null) return `build: ${context}`
  const others = [
    ...(dockerfile === null ? [] : [`dockerfile: ${dockerfile}`]),
    ...(stage === null ? [] : [`target: ${stage}`]),
  ]
  return `build: { context: ${[context, ...others].join(', ')} }`
}
