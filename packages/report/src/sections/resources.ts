import { type Cell, type ComponentUse, type LoadSpec, loadLabel, typicalOf } from '@bakeoff/model'
import { figure } from '../html/figure.js'
import { type Html, html } from '../html/html.js'
import { part, type Scope } from '../html/scope.js'
import { known, table } from '../html/table.js'
import { formatBytes, formatCores, formatDurationMs, formatNumber, formatShare } from '../shared/format.js'
import { cellsInOrder, type View } from '../shared/subjects.js'
import { type CellColumn, type ColumnOptions, coresColumn, figureColumn, memoryColumn, nameColumn } from './columns.js'
import type { Section } from './section.js'
import { rangeTitle, whyMissing } from './words.js'

export const resources: Section = {
  id: 'resources',
  title: 'Resources',
  question: 'How much of its CPU and memory did each part use?',
  render: ({ view, scopes }) =>
    html`${scopes.map((scope) => scope.loads.map(({ id, load }) => part(scope, id, resourcesOf(view, scope, id, load))))}`,
}

function resourcesOf(view: View, scope: Scope, loadId: string, load: LoadSpec): Html {
  const cells = cellsInOrder(view, scope.scenario.id, loadId)
  if (cells.length === 0) return html`<p class="none">No target was given this load.</p>`
  const services = serviceNames(scope, cells)
  return html`${componentBlock(view, load, cells, { of: 'target', name: 'target', use: ({ target }) => target })}
    ${services.map((name) => componentBlock(view, load, cells, { of: `service:${name}`, name, use: ({ services: all }) => all[name] ?? null }))}
    ${agentBlock(view, scope, load, cells)}
    ${replicasBlock(view, cells)}`
}

interface Component {
  readonly of: string
  readonly name: string
  readonly use: (cell: Cell) => ComponentUse | null
}

/** The names of services: those that the scenario plans, and those that only cells have. */
function serviceNames(scope: Scope, cells: readonly Cell[]): string[] {
  return [
    ...new Set([
      ...scope.scenario.services.map(({ name }) => name),
      ...cells.flatMap((cell) => Object.keys(cell.services)),
    ]),
  ]
}

function componentBlock(view: View, load: LoadSpec, cells: readonly Cell[], component: Component): Html {
  const { of, name, use } = component
  const missing = cells.every((cell) => use(cell) === null)
  if (missing)
    return html`<section class="block"><h3><bdi>${name}</bdi></h3><p class="none">No counters of <bdi>${name}</bdi> were read under this load: it did not run, or they could not be read.</p></section>`
  const caps = cells.map(use).find((figures) => figures?.caps)?.caps ?? null
  const curves = cells
    .flatMap(({ timeline }) => (timeline ? [pointsOf(timeline, of)] : []))
    .filter(({ length }) => length > 0)
  const drawn: Drawn = {
    view,
    load,
    cells,
    caps,
    lines: curves.length,
    nothing: curves.length > 0 ? null : 'No curve was kept for this load.',
  }
  return html`<section class="block"><h3><bdi>${of === 'target' ? 'Target' : name}</bdi> ${caps && html`<small>${capsText(caps)}</small>`}</h3>
    <div class="figures">
    ${cpuFigure(component, drawn)}
    ${memoryFigure(component, drawn)}
    ${curves.flat().some(({ throttledShare }) => throttledShare) && throttledFigure(component, drawn)}</div>
    <details class="numbers"><summary>Numbers</summary>${numbersOf(component, drawn)}</details></section>`
}

/** The input that the figures of a component share. */
interface Drawn {
  readonly view: View
  readonly load: LoadSpec
  readonly cells: readonly Cell[]
  readonly caps: ComponentUse['caps']
  /** how many cells have a curve */
  readonly lines: number
  readonly nothing: string | null
}

const HOW =
  'One line per target, over the time of one repetition; 0 is the start of the measured window. The horizontal line is the cap: where a curve runs along it, the cap is the limit.'

/** The numbers of all figures of a component in one table. */
function numbersOf({ of, name, use }: Component, { view, cells }: Drawn): Html {
  return table({
    caption: `CPU and memory of ${name}`,
    columns: [
      nameColumn(view),
      ...cpuColumns(name, use),
      memoryColumn('Peak memory', use, false),
      ...(of === 'target' ? [outOfMemoryColumn] : []),
    ],
    rows: cells,
    subject: (cell) => view.subjectOf(cell.entry).index,
  })
}

function cpuFigure({ of, name, use }: Component, drawn: Drawn): Html {
  const { view, load, cells, caps, lines, nothing } = drawn
  const range = rangeTitle(view, cells, {
    what: `Mean CPU of ${name}`,
    of: (cell) => use(cell)?.coresUsed ?? null,
    show: (value) => `${formatCores(value)} cores`,
  })
  return figure({
    nothing,
    lines,
    chart: 'cpu',
    of,
    title: range ?? `CPU of ${name} was not read`,
    condition: [`CPU of ${name}`, 'cores', loadLabel(load), caps && `cap ${formatCores(caps.cpus)}`],
    howTo: HOW,
    table: 'below',
  })
}

function memoryFigure({ of, name, use }: Component, drawn: Drawn): Html {
  const { view, load, cells, caps, lines, nothing } = drawn
  const range = rangeTitle(view, cells, {
    what: `Peak memory of ${name}`,
    of: (cell) => use(cell)?.memoryPeakBytes ?? null,
    show: formatBytes,
  })
  return figure({
    nothing,
    lines,
    chart: 'memory',
    of,
    title: range ?? `Memory of ${name} was not read`,
    condition: [
      `Anonymous memory of ${name}`,
      'bytes',
      loadLabel(load),
      caps && `cap ${formatBytes(caps.memoryBytes)}`,
    ],
    howTo: html`${HOW} Page cache is left out: the kernel can drop it. A cross marks a target that ran out of memory.`,
    table: 'below',
  })
}

function throttledFigure({ of, name }: Component, drawn: Drawn): Html {
  return figure({
    nothing: drawn.nothing,
    lines: drawn.lines,
    chart: 'throttled',
    of,
    title: html`<bdi>${name}</bdi> was held back by its CPU quota`,
    condition: [`Throttled time of ${name}`, 'share of time', loadLabel(drawn.load)],
    howTo:
      'The share of each interval in which the kernel did not let the container run, because it had used up its quota.',
    table: 'below',
  })
}

function cpuColumns(name: string, use: (cell: Cell) => ComponentUse | null): CellColumn[] {
  const seconds = (head: string, of: (figures: ComponentUse) => number | null): CellColumn => ({
    head,
    unit: 'CPU-s',
    field: (cell) => known(of(use(cell) ?? NOT_READ), formatNumber, whyMissing(cell, `CPU of ${name} was not read`)),
    sort: (cell) => of(use(cell) ?? NOT_READ),
  })
  return [
    coresColumn('Mean CPU', use, false),
    {
      head: 'At its cap',
      unit: 'of the window',
      field: (cell) => known(use(cell)?.atCapShare, formatShare, whyMissing(cell, `CPU of ${name} was not read`)),
      sort: (cell) => use(cell)?.atCapShare ?? null,
    },
    throttledColumn(use),
    seconds('User', ({ cpuUserSeconds }) => cpuUserSeconds),
    seconds('System', ({ cpuSystemSeconds }) => cpuSystemSeconds),
  ]
}

const NOT_READ: ComponentUse = {
  caps: null,
  cpuSeconds: null,
  cpuUserSeconds: null,
  cpuSystemSeconds: null,
  coresUsed: null,
  cpuShare: null,
  atCapShare: null,
  throttledMs: null,
  memoryPeakBytes: null,
  memoryShare: null,
}

function throttledColumn(use: (cell: Cell) => ComponentUse | null): CellColumn {
  return {
    head: 'Throttled',
    field: (cell) => known(use(cell)?.throttledMs, formatDurationMs, whyMissing(cell, 'throttling was not read')),
    sort: (cell) => use(cell)?.throttledMs ?? null,
  }
}

const outOfMemoryColumn: CellColumn = {
  head: 'Out of memory',
  align: 'start',
  field: (cell) => {
    const causes = cell.verdict?.causes.filter(({ cause }) => cause === 'target-memory') ?? []
    return causes.length === 0 ? 'no' : causes.map(({ evidence }) => evidence).join('; ')
  },
}

function agentBlock(view: View, scope: Scope, load: LoadSpec, cells: readonly Cell[]): Html {
  const lines = cells.filter(({ timeline }) => timeline && timeline.agent.length > 0).length
  const limit = formatShare(view.results.legend.thresholds.agentCpu)
  const plain = (id: string, options: ColumnOptions) => figureColumn(view, id, { ...options, plain: true })
  return html`<section class="block"><h3>Load agent <small>${scope.scenario.cores.agent.length > 0 && `cores ${scope.scenario.cores.agent.join(', ')}`}</small></h3><div class="figures">${figure(
    {
      chart: 'cpu',
      of: 'agent',
      wide: true,
      title:
        rangeTitle(view, cells, {
          what: 'Share of its ceiling that the agent reached',
          of: (cell) => typicalOf(cell, 'ceilingShare'),
          show: formatShare,
        }) ?? 'How near the agent was to its ceiling is not known',
      condition: ['CPU of the load agent', 'cores', loadLabel(load), `line at ${limit} of its cores`],
      howTo: `A busy load agent measures itself rather than the target. Below the line, at ${limit} of its cores, it can be trusted; above it, the figures of that target may show the limit of the agent.`,
      table: table({
        caption: 'Load agent',
        columns: [
          nameColumn(view),
          plain('agentCpuShare', { head: 'CPU', unit: 'of its cores', why: 'the agent’s CPU was not read' }),
          plain('agentEventLoop', { head: 'Event loop', unit: 'busy', why: 'the event loop was not read' }),
          plain('ceilingShare', { head: 'Ceiling', unit: 'reached', why: 'no calibration with as many connections' }),
          plain('agentCpuSeconds', { head: 'CPU', unit: 'seconds', why: 'the agent’s CPU was not read' }),
          plain('hostPressure', { head: 'Host pressure', why: 'pressure is not readable here' }),
          plain('hostSteal', { head: 'Steal', why: 'steal is not readable here' }),
          plain('hostOthers', { why: 'other load was not read' }),
        ],
        rows: cells,
        subject: (cell) => view.subjectOf(cell.entry).index,
      }),
      lines,
      nothing: lines > 0 ? null : 'No curve was kept for this load.',
    },
  )}</div></section>`
}

/** The containers inside one target, where a variant has several. */
function replicasBlock(view: View, cells: readonly Cell[]): Html | null {
  const rows = cells.flatMap((cell) =>
    Object.entries(cell.target.containers).map(([name, use]) => ({ cell, name, use })),
  )
  if (rows.length === 0) return null
  const of = (show: CellColumn) => ({
    ...show,
    field: ({ cell, use }: (typeof rows)[number]) => show.field({ ...cell, target: { ...cell.target, ...use } }),
    sort: () => null,
  })
  const { field: nameOf } = nameColumn(view)
  return html`<section class="block"><h3>Inside the target</h3>${table<(typeof rows)[number]>({
    caption: 'Containers of a target',
    columns: [
      { head: 'Target', names: true, field: ({ cell }) => nameOf(cell) },
      { head: 'Container', align: 'start', field: ({ name }) => name },
      of(coresColumn('CPU', ({ target }) => target)),
      of(memoryColumn('Memory', ({ target }) => target)),
    ],
    rows,
    subject: ({ cell }) => view.subjectOf(cell.entry).index,
  })}</section>`
}

function capsText(caps: NonNullable<ComponentUse['caps']>): string {
  return `cap ${formatCores(caps.cpus)} ${caps.cpus === 1 ? 'core' : 'cores'}${caps.cpuset.length > 0 ? ` (${caps.cpuset.join(', ')})` : ''}, ${formatBytes(caps.memoryBytes)}`
}

function pointsOf(timeline: NonNullable<Cell['timeline']>, of: string) {
  return of === 'target' ? timeline.target : (timeline.services[of.slice('service:'.length)] ?? [])
}
