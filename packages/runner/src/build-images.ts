import { join } from 'node:path'
import { blameOf, buildOf, secondInstrumentTask } from '@bakeoff/core'
import {
  BakeoffError,
  benchesOf,
  type ImageFacts,
  type Plan,
  type PlannedBench,
  type PlannedEntry,
  type RunEvent,
  toErrorRecord,
} from '@bakeoff/model'
import { endsTheRun } from './draft.js'
import type { Materials, Ports } from './materials.js'
import { type ImageEvent, type ImageRequest, UnsupportedBuild } from './ports.js'
import { tell } from './tell.js'

/** An image that was built, or the error that kept it from being built. */
export type Built = { readonly facts: ImageFacts } | { readonly error: unknown }
export type BuiltImages = ReadonlyMap<string, Built>

/**
 * Builds, finds or pulls images. An image that cannot be built makes its entries fail later and does not end the run; an abort, a lost
 * engine and a full disk do. A build that failed for a reason outside of the image is tried twice.
 */
export async function buildImages(
  requests: readonly ImageRequest[],
  ports: Ports,
  signal: AbortSignal,
): Promise<BuiltImages> {
  const built = new Map<string, Built>()
  await Promise.all(
    requests.map(async (request) => {
      const startedAtMs = ports.clock.steadyMs()
      const tellState = (state: ImageState, message: string | null, more: Progress = {}, image = request.name) =>
        tell(ports, {
          kind: 'image',
          image,
          state,
          seconds: (ports.clock.steadyMs() - startedAtMs) / 1000,
          message,
          ...more,
        })
      let isPulled = false
      const tellProgress = (event: ImageEvent) => {
        const { image } = event // may be an image that the requested one is built on
        if (event.state === 'pulling') tellState('building', null, { isPulled: true }, image)
        else if (event.state === 'moving') tellState('building', null, { movedTo: event.to }, image)
        else if (event.state === 'building')
          tellState('building', null, { expectedSeconds: event.expectedSeconds }, image)
        else if (event.state === 'step')
          tellState('building', null, { step: { number: event.number, of: event.of } }, image)
        else if (image !== request.name && (event.state === 'built' || event.state === 'pulled'))
          tellState(event.state, null, {}, image)
        else if (event.state === 'pulled') isPulled = true
      }
      try {
        const ensure = () => ports.host.ensureImage(request, signal, tellProgress)
        const facts = await ensure().catch((error: unknown) => {
          if (!isWorthAnotherTry(error)) throw error
          tellState('failed', `${toErrorRecord(error).message}; tried again`)
          return ensure()
        })
        tellState(isPulled ? 'pulled' : facts.cached ? 'cached' : 'built', null)
        built.set(request.name, { facts })
      } catch (error) {
        signal.throwIfAborted()
        if (endsTheRun(error)) throw error
        tellState(error instanceof UnsupportedBuild ? 'unsupported' : 'failed', toErrorRecord(error).message)
        built.set(request.name, { error })
      }
    }),
  )
  return built
}

type Told = Extract<RunEvent, { kind: 'image' }>
type ImageState = Told['state']
type Progress = Pick<Told, 'step' | 'expectedSeconds' | 'isPulled' | 'movedTo'>

function isWorthAnotherTry(error: unknown): boolean {
  return error instanceof BakeoffError && blameOf(error.code) === 'surroundings'
}

/**
 * Every image that the entries need, once; Bakeoff's own first, since nothing can be measured without an agent.
 *
 * @param entries default: all entries of the plan
 * @param benches whose hosts need the images; default: all benches of the plan
 */
export function requestsOf(
  plan: Plan,
  materials: Materials,
  entries: readonly PlannedEntry[] = plan.entries,
  benches: readonly PlannedBench[] = benchesOf(plan),
): ImageRequest[] {
  const scenarios = plan.scenarios.filter(({ id }) => entries.some(({ scenario }) => scenario === id))
  const requests = new Map<string, ImageRequest>()
  const add = (request: ImageRequest, on: (bench: PlannedBench) => readonly string[]) => {
    const known = requests.get(request.name) ?? request
    requests.set(request.name, plan.site ? { ...known, hosts: joined(known.hosts, benches.flatMap(on)) } : known)
  }
  const onTargets = ({ target }: PlannedBench) => [target]
  const onServices = ({ services }: PlannedBench) => [services]
  add(materials.agentImage, ({ agents }) => agents)
  add(materials.nullServerImage, onTargets)
  if (entries.some(({ proxy }) => proxy === 'caddy')) add(materials.caddyImage, onTargets)
  if (plan.rules.secondInstrument && scenarios.some((scenario) => secondInstrumentTask(scenario).kind === 'possible'))
    add(materials.wrkImage, ({ agents }) => agents.slice(0, 1))
  for (const { services } of [...scenarios, ...entries, ...entries.flatMap(({ ofRef }) => ofRef ?? [])]) {
    for (const { image, build } of services ?? [])
      add({ name: image, folder: build === null ? null : join(materials.root, build), requires: [] }, onServices)
  }
  for (const entry of entries) add(requestOf(entry, materials), onTargets)
  return [...requests.values()]
}

function joined(known: readonly string[] = [], more: readonly string[]): string[] {
  return [...new Set([...known, ...more])]
}

/** The image of an entry: to be built, or taken as it is. */
function requestOf(entry: PlannedEntry, { root }: Materials): ImageRequest {
  const { image: name, requires } = entry
  const build = buildOf(entry)
  if (build === null) return { name, folder: null, requires }
  const { context, dockerfile, stage } = build
  return {
    name,
    folder: join(root, context),
    ...(dockerfile === 'Dockerfile' ? {} : { dockerfile }),
    ...(stage === null ? {} : { stage }),
    requires,
  }
}
