import { type IsOpen, nothingOpen } from '@bakeoff/core'
import { benchesOf, type Plan, type PlannedBench } from '@bakeoff/model'
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

/** What all benches of a run share, and which grows or is made while it goes on. */
interface Shared {
  readonly images: StageImages
  authority: Authority | null
}

/** The context of a run: its plan and materials, the images that are there, every effect, and the signal that stops it. */
export class Run {
  readonly plan: Plan
  readonly materials: Materials
  readonly ports: Ports
  readonly signal: AbortSignal
  readonly isOpen: IsOpen
  /** the machines that what is started runs on; a run begins on the first of its benches */
  readonly bench: PlannedBench
  readonly #shared: Shared

  constructor(
    { plan, materials, ports, signal, isOpen = nothingOpen, images = new Map() }: RunParts,
    bench = benchesOf(plan)[0] as PlannedBench,
    shared: Shared = { images: new StageImages(images), authority: null },
  ) {
    this.plan = plan
    this.materials = materials
    this.ports = ports
    this.signal = signal
    this.isOpen = isOpen
    this.bench = bench
    this.#shared = shared
  }

  /**
   * The same run on another bench: with the same images, authority and materials.
   *
   * @param signal stops what is done on that bench; default: the one that stops the run
   */
  onBench(bench: PlannedBench, signal = this.signal): Run {
    const { plan, materials, ports, isOpen } = this
    return new Run({ plan, materials, ports, signal, isOpen }, bench, this.#shared)
  }

  get images(): StageImages {
    return this.#shared.images
  }

  /** The authority of this run's certificates; it is made when it is first asked for. */
  get authority(): Authority {
    this.#shared.authority ??= makeAuthority(this.ports.clock.now())
    return this.#shared.authority
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
