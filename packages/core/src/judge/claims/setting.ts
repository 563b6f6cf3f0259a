import { atOnceOf, type ClaimSpec, DEFAULT_OFFERED, loadIdOf, publishedLoad, publishedNumbers } from '@bakeoff/model'
import { mainLoadOf } from '../../plan/main-load.js'
import { cores, list } from '../../words/quantities.js'
import { settingWords } from '../../words/settings.js'
import type { JudgedCell } from '../judged.js'

type Subject = ClaimSpec['subjects'][number]

/** Connections, users and tasks under way at once, as published; null when the source does not say. */
export function atOnce({ load }: Subject): number | null {
  return atOnceOf(load)
}

/** Whether two subjects got different amounts of work, or different amounts at once: figures that depend on that cannot compare them. */
export function isUnequalWork(a: Subject, b: Subject): boolean {
  return Object.keys(publishedNumbers).some((key) => a.load[key] !== b.load[key])
}

/** The measured cell that stands for a subject, and whether its load is the published one. */
export interface Stand {
  readonly subject: Subject
  readonly cell: JudgedCell
  readonly sameLoad: boolean
}

/** The cell with the published connections or tasks, else the scenario's main load; null when the target is not in the run. */
export function standOf(subject: Subject, scenario: string, cells: readonly JudgedCell[]): Stand | null {
  const own = cells.filter(
    ({ view }) =>
      view.scenario.id === scenario && view.entry.target === subject.target && view.entry.variant === subject.variant,
  )
  const published = publishedLoad(subject.load, DEFAULT_OFFERED)
  const same = typeof published === 'string' ? null : own.find(({ view }) => view.loadId === loadIdOf(published))
  if (same) return { subject, cell: same, sameLoad: true }
  const main = own.find(({ view }) => view.loadId === mainLoadOf(view.scenario.loads))
  return main ? { subject, cell: main, sameLoad: false } : null
}

/** Says under which load was measured where the source gives none; empty when it was the published one. */
export function otherLoadWords(stands: readonly Stand[]): string {
  const other = stands.filter(({ sameLoad }) => !sameLoad).map(({ cell }) => loadIdOf(cell.view.load))
  return other.length === 0 ? '' : ` Measured under ${list([...new Set(other)])}, not under the load of the source.`
}

/** Why figures that depend on the load say nothing of the source: it was another load. Null where it was the same, or none is given. */
export function whyOtherLoad(stands: readonly Stand[]): string | null {
  const other = stands.find(({ sameLoad, subject }) => !sameLoad && Object.keys(subject.load).length > 0)
  if (!other) return null
  return `Not comparable here: ${other.subject.target} was measured under ${loadIdOf(other.cell.view.load)}, and the load of the source was ${settingWords(other.subject)}. \`npm run matrix -- --claims\` measures that.`
}

/** How the caps differ from those of the source, as far as it gives them: `the target had 1 core here and 2 there`. Null where they do not. */
export function otherCaps({ caps = {} }: Pick<ClaimSpec, 'caps'>, stands: readonly Stand[]): string | null {
  const differing = stands.flatMap(({ cell: { view } }) =>
    Object.entries(caps).flatMap(([role, there]) => {
      const here = capHere(view, role)
      if (here === undefined || here === there) return []
      const who = role === 'target' ? 'the target' : role
      return [
        `${who} had ${here === 'none' ? 'no cap' : cores(here)} here and ${there === 'none' ? 'no cap' : there} there`,
      ]
    }),
  )
  return differing.length === 0 ? null : list([...new Set(differing)])
}

/** The cores of a role here; undefined for a service that is not here. */
function capHere({ entry, scenario }: JudgedCell['view'], role: string): number | 'none' | undefined {
  if (role !== 'target') return scenario.services.find(({ name }) => name === role)?.caps.cpus
  return scenario.isUncapped ? 'none' : entry.caps.cpus
}
