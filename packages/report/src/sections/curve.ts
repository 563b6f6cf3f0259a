/** The table of latency–throughput curves: what each target does at common rates, where its knee is, and what keeps the slo. */
import type { Curve, ScenarioResult } from '@bakeoff/model'
import { type Content, type Html, html } from '../html/html.js'
import { type Column, known, table, type Unknown, unknown } from '../html/table.js'
import { formatMs, formatNumber, formatShare } from '../shared/format.js'
import type { View } from '../shared/subjects.js'

/** The most rates that the table shows; results.json has all. */
const MOST_RATES = 8

export function curveTable(view: View, scenario: ScenarioResult): Html {
  const curves = (view.results.curves ?? []).filter((curve) => curve.scenario === scenario.id)
  const rates = [...new Set(curves.flatMap(({ points }) => points.map(({ perSecond }) => perSecond)))].sort(
    (a, b) => a - b,
  )
  return html`<section class="block"><h3>Latency at common rates <small>median p99 over repetitions</small></h3>${table<Curve>(
    {
      caption: 'p99 at each offered rate',
      columns: [
        { head: 'Target', names: true, field: ({ entry }) => view.subjectOf(entry).label },
        ...(scenario.slo ? [withinSlo(scenario.slo.p99Ms)] : []),
        knee,
        ...rates.slice(0, MOST_RATES).map(atRate),
      ],
      rows: curves,
      subject: ({ entry }) => view.subjectOf(entry).index,
      empty: 'No rates were offered to all targets in this run.',
    },
  )}<p class="legend">The knee is the rate at which throughput ÷ p99 is largest: beyond it, latency grows faster than the rate. A rate above 97 % of what a target reached is not offered to that target.</p></section>`
}

function withinSlo(p99Ms: number): Column<Curve> {
  return {
    head: 'Within the service level',
    unit: `requests/s at p99 ≤ ${formatMs(p99Ms)}`,
    field: ({ slo }) => place(slo, { over: 'kept-everywhere', under: 'broken-everywhere' }),
    sort: ({ slo }) => slo?.perSecond ?? slo?.low ?? null,
  }
}

const knee: Column<Curve> = {
  head: 'Knee',
  unit: 'requests/s',
  field: (curve) => place(curve.knee, { over: 'not-reached', under: 'below-lowest' }),
  sort: (curve) => curve.knee?.perSecond ?? curve.knee?.low ?? null,
}

interface Place {
  readonly kind: string
  readonly perSecond: number | null
  readonly low: number | null
  readonly high: number | null
}

/** A place on the axis of rates as text: `1,200` with its interval below; `≥ 900` where it lies above all rates, `< 20` where below all. */
function place(found: Place | null, { over, under }: { over: string; under: string }): Content | Unknown {
  if (found === null) return unknown('too few rates were offered')
  const { kind, perSecond, low, high } = found
  if (kind === over) return known(low, (rate) => `≥ ${formatNumber(rate)}`, 'it lies above all rates')
  if (kind === under) return known(high, (rate) => `< ${formatNumber(rate)}`, 'it lies below all rates')
  if (perSecond === null) return unknown('it could not be found')
  const bounds = low !== null && high !== null && html`<small>${formatNumber(low)}–${formatNumber(high)}</small>`
  return html`<b>${formatNumber(perSecond)}</b>${bounds}`
}

function atRate(perSecond: number): Column<Curve> {
  const at = ({ points }: Curve) => points.find((point) => point.perSecond === perSecond)
  return {
    head: `${formatNumber(perSecond)}/s`,
    unit: 'p99 ms',
    field: (curve) => {
      const point = at(curve)
      if (!point) return unknown('was not offered')
      const failed = point.failedShare > 0 && html`<small>${formatShare(point.failedShare)} failed</small>`
      return html`${point.p99Ms === null ? '≥' : formatNumber(point.p99Ms)}${failed}`
    },
    sort: (curve) => at(curve)?.p99Ms ?? null,
  }
}
