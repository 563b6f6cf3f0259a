import type { Plan, PlannedEntry } from '@bakeoff/model'
import { type Built, type BuiltImages, buildImages, requestsOf } from './build-images.js'
import type { Materials, Ports } from './materials.js'
import type { ImageRequest } from './ports.js'

/**
 * Where a run's images come from: asked before a block is measured for what the run has not had yet, never while something is
 * measured. Rejects with what ends the run.
 */
export type ImageSource = (requests: readonly ImageRequest[]) => Promise<BuiltImages>

/** The images of a run, which grow from block to block. One that could not be had stays so within a run. */
export class StageImages {
  readonly #plan: Plan
  readonly #materials: Materials
  readonly #source: ImageSource
  readonly #built = new Map<string, Built>()

  /** @param source default: all are built, found or pulled */
  constructor(
    plan: Plan,
    materials: Materials,
    ports: Ports,
    signal: AbortSignal,
    source: ImageSource = (requests) => buildImages(requests, ports, signal),
  ) {
    this.#plan = plan
    this.#materials = materials
    this.#source = source
  }

  /** What these entries need, and was not asked for yet. */
  missing(entries: readonly PlannedEntry[]): ImageRequest[] {
    return requestsOf(this.#plan, this.#materials, entries).filter(({ name }) => !this.#built.has(name))
  }

  /** Everything that these entries need, and what was there before. */
  async forEntries(entries: readonly PlannedEntry[]): Promise<BuiltImages> {
    const missing = this.missing(entries)
    if (missing.length > 0) for (const [name, built] of await this.#source(missing)) this.#built.set(name, built)
    return this.#built
  }
}
