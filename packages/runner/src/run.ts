import type { Plan } from '@bakeoff/model'
import type { BuiltImages } from './build-images.js'
import type { Materials, Ports } from './materials.js'
import { StageImages } from './stage-images.js'
import { type ToTell, tell } from './tell.js'

export interface RunParts {
  readonly plan: Plan
  readonly materials: Materials
  readonly ports: Ports
  /** stops the run */
  readonly signal: AbortSignal
  /** those that are there when it begins; default: none */
  readonly images?: BuiltImages
}

/** What everything in a run works with: the plan and what it refers to, the images that are there, every effect, and the signal that stops it. */
export class Run {
  readonly plan: Plan
  readonly materials: Materials
  readonly ports: Ports
  readonly signal: AbortSignal
  readonly images: StageImages

  constructor({ plan, materials, ports, signal, images = new Map() }: RunParts) {
    this.plan = plan
    this.materials = materials
    this.ports = ports
    this.signal = signal
    this.images = new StageImages(images)
  }

  /** Tells an event, at the time of now. */
  emit(event: ToTell): void {
    tell(this.ports, event)
  }

  /** Rejects when the run is stopped. */
  sleep(ms: number): Promise<void> {
    return this.ports.clock.sleep(ms, this.signal)
  }
}
