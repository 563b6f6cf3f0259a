import { type IsOpen, nothingOpen } from '@bakeoff/core'
import type { Plan } from '@bakeoff/model'
import { type Authority, makeAuthority } from './authority.js'
import type { BuiltImages } from './build-images.js'
import type { Materials, Ports } from './materials.js'
import { StageImages } from './stage-images.js'
import { type ToTell, tell } from './tell.js'

export interface RunParts {
  readonly plan: Plan
  readonly materials: Materials
  readonly ports: Ports
  /** the signal that stops the run */
  readonly signal: AbortSignal
  /** whether a decision of a scenario is open: asked before each block above the fewest repetitions; default: none is */
  readonly isOpen?: IsOpen
  /** the images that are there when the run begins; default: none */
  readonly images?: BuiltImages
}

/** The context of a run: its plan and materials, the images that are there, every effect, and the signal that stops it. */
export class Run {
  readonly plan: Plan
  readonly materials: Materials
  readonly ports: Ports
  readonly signal: AbortSignal
  readonly isOpen: IsOpen
  readonly images: StageImages
  #authority: Authority | null = null

  constructor({ plan, materials, ports, signal, isOpen = nothingOpen, images = new Map() }: RunParts) {
    this.plan = plan
    this.materials = materials
    this.ports = ports
    this.signal = signal
    this.isOpen = isOpen
    this.images = new StageImages(images)
  }

  /** The authority of this run's certificates; it is made when it is first asked for. */
  get authority(): Authority {
    this.#authority ??= makeAuthority(this.ports.clock.now())
    return this.#authority
  }

  /** Sends an event with the present time. */
  emit(event: ToTell): void {
    tell(this.ports, event)
  }

  /** Rejects when the run is stopped. */
  sleep(ms: number): Promise<void> {
    return this.ports.clock.sleep(ms, this.signal)
  }
}
