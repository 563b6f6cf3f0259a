/**
 * The subjects of a report: a subject is a target's variant. Its hue is its language, on every page; shade and marker tell it
 * from others of that language. A dash is left to say that a line rests on too few answers.
 */
import {
  type Cell,
  competes,
  type EntryResult,
  type Figure,
  headlined,
  lettersOf,
  type Results,
  roleWords,
  type ScenarioResult,
} from '@bakeoff/model'

export interface Subject {
  /** its place in `subjectsOf`, by which the page's attributes and switches name it */
  readonly index: number
  readonly target: string
  readonly variant: string
  /** `go-net-http`, or `python-flask · gunicorn` when the variant is not the default one; then its mark, such as `· stand-in` */
  readonly label: string
  /** whether groups, titles and headlines are about it; other subjects stand beside these */
  readonly competes: boolean
  readonly language: string
  readonly stack: readonly string[]
  /** the hue of its language */
  readonly colour: number
  /** 0: the hue itself; 1: nearer to the colour of text */
  readonly shade: number
  readonly marker: number
}

export const COLOURS = 6
/** Chart.js's names; two and seven have no common factor, so 14 subjects of a language differ in shade or marker. */
export const MARKERS = ['circle', 'rect', 'triangle', 'rectRot', 'star', 'crossRot', 'cross'] as const
const SHADES = 2

/** All subjects of a run, in the order in which its entries stand. */
function subjectsOf(results: Results): Subject[] {
  const seen = new Map<string, Subject>()
  // In alphabetical order, so that a report of the same languages has the same colours.
  const languages = [...new Set(results.entries.map(({ language }) => language))].sort()
  const ofLanguage = new Map<string, number>()
  for (const entry of results.entries) {
    const key = keyOf(entry.target, entry.variant)
    if (seen.has(key)) continue
    const index = seen.size
    const order = ofLanguage.get(entry.language) ?? 0
    ofLanguage.set(entry.language, order + 1)
    seen.set(key, {
      index,
      target: entry.target,
      variant: entry.variant,
      label: [labelOf(entry.target, entry.variant), roleWords(entry, entry.variant)].filter(Boolean).join(' · '),
      competes: competes(entry),
      language: entry.language,
      stack: entry.stack,
      colour: languages.indexOf(entry.language) % COLOURS,
      shade: order % SHADES,
      marker: order % MARKERS.length,
    })
  }
  return [...seen.values()]
}

export function labelOf(target: string, variant: string): string {
  return variant === 'default' ? target : `${target} · ${variant}`
}

/** A run with its figures where a page needs them. Made once per page, on the server and in the browser. */
export interface View {
  readonly results: Results
  readonly subjects: readonly Subject[]
  readonly entries: ReadonlyMap<string, EntryResult>
  readonly cells: ReadonlyMap<string, Cell>
  /** as the legend explains them */
  readonly figures: ReadonlyMap<string, Figure>
  /** of an entry's id */
  readonly subjectOf: (entry: string) => Subject
}

export function viewOf(results: Results): View {
  const subjects = subjectsOf(results)
  const byKey = new Map(subjects.map((subject) => [keyOf(subject.target, subject.variant), subject]))
  const entries = new Map(results.entries.map((entry) => [entry.id, entry]))
  const cells = new Map(results.cells.map((cell) => [cell.id, cell]))
  const figures = new Map(results.legend.figures.map((figure) => [figure.id, figure]))
  const subjectOf = (id: string): Subject => {
    const entry = entries.get(id)
    const subject = entry && byKey.get(keyOf(entry.target, entry.variant))
    if (!subject) throw new RangeError(`results.json names an entry that it does not hold: ${id}`)
    return subject
  }
  return { results, subjects, entries, cells, figures, subjectOf }
}

/** Cells of one scenario and load, best first, then those that are not ranked: the order on every page. */
export function cellsInOrder(view: View, scenario: string, loadId: string): Cell[] {
  const list = groupingOf(view, scenario, loadId)
  const order = [...(list?.ranked ?? []), ...(list?.unranked.map(({ cell }) => cell) ?? [])]
  const place = new Map(order.map((id, index) => [id, index]))
  const placeOf = (cell: Cell) => place.get(cell.id) ?? order.length
  return view.results.cells
    .filter((cell) => cell.scenario === scenario && cell.loadId === loadId)
    .sort((a, b) => placeOf(a) - placeOf(b))
}

/** The place of a cell among those of its scenario, by which the page's script finds it. */
export function placeInScenario({ results }: View, cell: Cell): number {
  return results.cells.filter(({ scenario }) => scenario === cell.scenario).indexOf(cell)
}

/** Entries of a scenario in the order of its main load. */
export function entriesInOrder(view: View, scenario: ScenarioResult): EntryResult[] {
  const order = new Map(cellsInOrder(view, scenario.id, scenario.mainLoad).map((cell, index) => [cell.entry, index]))
  const placeOf = (entry: EntryResult) => order.get(entry.id) ?? order.size
  return view.results.entries.filter((entry) => entry.scenario === scenario.id).sort((a, b) => placeOf(a) - placeOf(b))
}

/** The grouping by which a scenario and load are ranked: by throughput where there is one, else by the figure that core ranked by. */
export function groupingOf(view: View, scenario: string, loadId: string) {
  const lists = view.results.groups.filter((list) => list.scenario === scenario && list.loadId === loadId)
  return lists.find(({ metric }) => metric === 'throughput') ?? lists[0] ?? null
}

/** The letters of a cell's groups by a figure; empty when the cell is not ranked by it. */
export function lettersBy({ results }: View, { id, scenario, loadId }: Cell, metric: string): string {
  const list = results.groups.find(
    (each) => each.scenario === scenario && each.loadId === loadId && each.metric === metric,
  )
  return list ? lettersOf(list, id) : ''
}

/** The metric whose ratios a leaderboard shows. */
export function metricOf(view: View, { scenario, loadId }: Pick<Cell, 'scenario' | 'loadId'>): string {
  return groupingOf(view, scenario, loadId)?.metric ?? 'throughput'
}

/**
 * The baseline as long as nobody chose another: the first of the cells that a headline compares, so that neither a program as
 * published nor a development server is the measure of the others.
 */
export function firstBaseline(view: View, { scenario, loadId }: Pick<Cell, 'scenario' | 'loadId'>): Cell | null {
  const ranked = groupingOf(view, scenario, loadId)?.ranked ?? []
  return headlined(view.results, ranked)[0] ?? view.cells.get(ranked[0] ?? '') ?? null
}

function keyOf(target: string, variant: string): string {
  return JSON.stringify([target, variant])
}
