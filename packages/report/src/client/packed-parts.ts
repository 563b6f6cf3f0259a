/** The parts of pages that stand packed in a large report: those of loads by which no scenario is ranked (`html/packed-parts.ts`). */
import { unpacked } from './unpacked.js'

export class PackedParts {
  /** by scenario: its parts, empty until they are unpacked */
  readonly #places = new Map<number, HTMLElement[]>()
  readonly #unpacking = new Map<number, Promise<void>>()

  constructor(readonly root: Document) {
    for (const place of root.querySelectorAll<HTMLElement>(PACKED)) {
      const scenario = Number(place.dataset.packed)
      this.#places.set(scenario, [...(this.#places.get(scenario) ?? []), place])
    }
  }

  /** Whether the parts of a scenario are still packed. */
  has(scenario: number): boolean {
    return this.#places.has(scenario)
  }

  /** Makes what is packed of a scenario text that is folded, as the rest of the page is (`unfold.ts`). */
  unpack(scenario: number): Promise<void> {
    const unpacking = this.#unpacking.get(scenario) ?? this.#unpack(scenario)
    this.#unpacking.set(scenario, unpacking)
    return unpacking
  }

  async #unpack(scenario: number): Promise<void> {
    const places = this.#places.get(scenario)
    if (!places) return
    const data = this.root.getElementById(`parts-${scenario}`)?.textContent
    if (!data) throw new Error(`The page holds no parts-${scenario}`)
    const parts = (await (await unpacked(data)).json()) as string[]
    for (const [index, place] of places.entries()) {
      place.textContent = parts[index] ?? ''
      delete place.dataset.packed
    }
    this.#places.delete(scenario)
  }
}

/** Whether a place of the page is empty because what belongs there is packed. */
export function isPacked(place: Element): boolean {
  return place.querySelector(`:scope > ${PACKED}`) !== null
}

const PACKED = 'noscript[data-packed]'
