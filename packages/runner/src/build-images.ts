import { join } from 'node:path'
import { blameOf, secondInstrumentTask } from '@bakeoff/core'
import { BakeoffError, type ImageFacts, type Plan, toErrorRecord } from '@bakeoff/model'
import { endsTheRun } from './draft.js'
import type { Materials, Ports } from './materials.js'
import { type ImageRequest, UnsupportedBuild } from './ports.js'

/** An image that is there, or why it is not. */
export type Built = { readonly facts: ImageFacts } | { readonly error: unknown }
export type BuiltImages = ReadonlyMap<string, Built>

/**
 * Builds, finds or pulls every image of the plan, or those that are asked for. An image that cannot be built is an entry that
 * fails later, not an end of the run; an abort, a lost engine and a full disk are. What failed for a reason that is not in the image is tried twice.
 */
export async function buildImages(
  plan: Plan,
  materials: Materials,
  ports: Ports,
  signal: AbortSignal,
  requests: readonly ImageRequest[] = requestsOf(plan, materials),
): Promise<BuiltImages> {
  const built = new Map<string, Built>()
  await Promise.all(
    requests.map(async (request) => {
      const startedAtMs = ports.clock.steadyMs()
      const tell = (state: 'building' | 'built' | 'cached' | 'failed' | 'unsupported', message: string | null) =>
        ports.sink.event({
          kind: 'image',
          at: at(ports),
          image: request.name,
          state,
          seconds: (ports.clock.steadyMs() - startedAtMs) / 1000,
          message,
        })
      try {
        const ensure = () =>
          ports.host.ensureImage(request, signal, (event) => {
            if (event.state === 'building' || event.state === 'pulling') tell('building', null)
          })
        const facts = await ensure().catch((error: unknown) => {
          if (!isWorthAnotherTry(error)) throw error
          tell('failed', `${toErrorRecord(error).message}; tried again`)
          return ensure()
        })
        tell(facts.cached ? 'cached' : 'built', null)
        built.set(request.name, { facts })
      } catch (error) {
        signal.throwIfAborted()
        if (endsTheRun(error)) throw error
        tell(error instanceof UnsupportedBuild ? 'unsupported' : 'failed', toErrorRecord(error).message)
        built.set(request.name, { error })
      }
    }),
  )
  return built
}

function isWorthAnotherTry(error: unknown): boolean {
  return error instanceof BakeoffError && blameOf(error.code) === 'surroundings'
}

/** The image, or the error that kept it from being built. */
export function imageOf(images: BuiltImages, name: string): ImageFacts {
  const built = images.get(name)
  if (!built) throw new Error(`${name} was not asked for`)
  if ('error' in built) throw built.error
  return built.facts
}

/** Every image once, those of our own first: without an agent nothing can be measured. */
export function requestsOf(plan: Plan, materials: Materials): ImageRequest[] {
  const requests = new Map<string, ImageRequest>()
  const add = (request: ImageRequest) => {
    if (!requests.has(request.name)) requests.set(request.name, request)
  }
  add(materials.agentImage)
  add(materials.nullServerImage)
  if (plan.entries.some(({ proxy }) => proxy === 'caddy')) add(materials.caddyImage)
  if (
    plan.rules.secondInstrument &&
    plan.scenarios.some((scenario) => secondInstrumentTask(scenario).kind === 'possible')
  )
    add(materials.wrkImage)
  for (const { services } of plan.scenarios) {
    for (const { image, build } of services)
      add({ name: image, folder: build === null ? null : join(materials.root, build), requires: [] })
  }
  for (const { image, folder, requires } of plan.entries)
    add({ name: image, folder: join(materials.root, folder), requires })
  return [...requests.values()]
}

function at(ports: Ports): string {
  return new Date(ports.clock.now()).toISOString()
}
