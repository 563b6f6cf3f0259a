/** The machines of a run on several: which role was where, and the network between them. */
import {
  benchWords,
  type Calibration,
  networkWords,
  type PlannedHost,
  type PlannedSite,
  sentenceCase,
} from '@bakeoff/model'
import { type Html, html } from '../html/html.js'
import { facts, known, table } from '../html/table.js'
import { formatBytes, formatNumber } from '../shared/format.js'
import type { View } from '../shared/subjects.js'

/** Nothing where there is one machine. */
export function machines({ results: { site, calibration } }: View): Html | null {
  if (!site) return null
  return html`<section class="block"><h3>Machines <small>who did what, and over which network</small></h3>
    ${hostsTable(site)}
    ${facts([
      ...site.benches.map(
        (bench) => [`Bench ${bench.id}`, html`<bdi>${sentenceCase(benchWords(bench))}</bdi>`] as const,
      ),
      ['Network', sentenceCase(networkWords(site.network))],
      ...(site.mtu === null ? [] : [['MTU', formatNumber(site.mtu)] as const]),
    ])}
    ${site.network === 'overlay' && linksTable(calibration)}
    <p class="legend">Who pays for a packet differs from one kind of network to another: figures of this run are compared with those of runs over the same kind only.</p></section>`
}

function hostsTable(site: PlannedSite): Html {
  return table<PlannedHost>({
    caption: 'Machines of this run',
    columns: [
      { head: 'Host', names: true, field: ({ name }) => html`<bdi>${name}</bdi>` },
      { head: 'Address', align: 'start', field: ({ address }) => known(address, String, 'none is needed') },
      { head: 'Processor', align: 'start', field: ({ facts }) => known(facts.cpuModel, String, 'could not be read') },
      { head: 'CPUs', field: ({ facts }) => formatNumber(facts.cpus.length) },
      { head: 'Memory', field: ({ facts }) => known(facts.memoryBytes, formatBytes, 'could not be read') },
      { head: 'Kernel', align: 'start', field: ({ facts }) => known(facts.kernel, String, 'could not be read') },
      { head: 'Engine', align: 'start', field: ({ engine }) => `${engine.name} ${engine.version}` },
    ],
    rows: site.hosts,
  })
}

/** The ways from load agents to targets, as the agents measured them against the null server before any load. */
function linksTable(calibrations: readonly Calibration[]): Html {
  const measured = calibrations.flatMap(({ bench, scenario, link }) => (link ? [{ bench, scenario, ...link }] : []))
  return table<(typeof measured)[number]>({
    caption: 'Ways from load agents to targets',
    columns: [
      { head: 'Bench', names: true, field: ({ bench }) => html`<bdi>${bench ?? '–'}</bdi>` },
      { head: 'Before', align: 'start', field: ({ scenario }) => html`<bdi>${scenario ?? '–'}</bdi>` },
      {
        head: 'Round trip',
        unit: 'ms, the fastest',
        field: ({ roundTripUs }) => known(roundTripUs, (us) => formatNumber(us / 1000), 'there was no answer'),
      },
      {
        head: 'Carries',
        unit: 'a second',
        field: ({ bytesPerSecond }) => known(bytesPerSecond, formatBytes, 'there was no answer'),
      },
      { head: 'MTU', field: ({ mtu }) => known(mtu, formatNumber, "the engine's own") },
    ],
    rows: measured,
    empty: 'The ways from load agents to targets were not measured: whether the network was the limit is not known.',
  })
}
