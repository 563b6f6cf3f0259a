/** The results that stand in the page: those of the run at once, those of a scenario when it is shown. */
import type { Results } from '@bakeoff/model'
import { fromColumns } from '../shared/columns.js'
import { type Packed, type ScenarioPart, withParts } from '../shared/parted.js'
import { type View, viewOf } from '../shared/subjects.js'
import { breath } from './breath.js'
import { unpacked } from './unpacked.js'

export class PageResults {
  readonly #parts = new Map<number, Promise<ScenarioPart>>()
  readonly #views = new Map<number, View>()

  private constructor(
    readonly root: Document,
    /** of the run: its cells are missing where they stand in parts of their own */
    readonly view: View,
    readonly isParted: boolean,
  ) {}

  static async readFrom(root: Document): Promise<PageResults> {
    const content = contentOf<Results | Packed>(root, 'results')
    const isParted = 'encoding' in content
    return new PageResults(root, viewOf(isParted ? await unpack<Results>(content) : content), isParted)
  }

  /** The view of a scenario, by its place in the run; null until it was read. */
  known(scenario: number): View | null {
    return this.isParted ? (this.#views.get(scenario) ?? null) : this.view
  }

  /** Reads a scenario, once. */
  async read(scenario: number): Promise<View> {
    const known = this.known(scenario)
    if (known) return known
    const part = await this.#partOf(scenario)
    await breath()
    const view = this.#views.get(scenario) ?? viewOf(withParts(this.view.results, [part]))
    this.#views.set(scenario, view)
    return view
  }

  /** Reads everything. */
  async whole(): Promise<Results> {
    const { results } = this.view
    if (!this.isParted) return results
    const parts: ScenarioPart[] = []
    for (const index of results.scenarios.keys()) {
      parts.push(await this.#partOf(index))
      await this.read(index)
    }
    return withParts(results, parts)
  }

  #partOf(scenario: number): Promise<ScenarioPart> {
    const part = this.#parts.get(scenario) ?? unpack<ScenarioPart>(contentOf<Packed>(this.root, `results-${scenario}`))
    this.#parts.set(scenario, part)
    return part
  }
}

function contentOf<Content>(root: Document, id: string): Content {
  const text = root.getElementById(id)?.textContent
  if (!text) throw new Error(`The page holds no ${id}`)
  return JSON.parse(text) as Content
}

async function unpack<Content>({ data }: Packed): Promise<Content> {
  const columns = await (await unpacked(data)).json()
  await breath()
  return fromColumns(columns) as Content
}
