import { type ClaimSpec, type Difference, headlined, type Plan } from '@bakeoff/model'
import { differencesAgainst } from './judge/against.js'
import { judge } from './judge/causes/index.js'
import { differencesOfClaims } from './judge/claims/index.js'
import { compareCells } from './judge/comparisons.js'
import type { JudgedCell } from './judge/judged.js'
import { judgeLevel } from './judge/service-levels/index.js'
import { isLevelOpen, isWithinReach, type Repetitions } from './judge/within-reach.js'
import { viewCells } from './observe/view.js'
import type { IsOpen, Known } from './plan/adaptive.js'
import { mainLoadOf } from './plan/main-load.js'
import { isShown } from './plan/shown.js'
import { certificatesOf } from './results/certificate.js'
import { toEntries } from './results/entries.js'

/**
 * The question that a run asks after each block: whether a decision of a scenario is open that the repetitions that are left are
 * likely to decide. Decisions are what a run ends with: what headlines compare, the best contender of each language against the leader, by the figure that
 * the scenario is ranked by, the service levels that were asked for at a rate, the changes since another commit, and the published claims about the scenario. The answer is that of the judge on the records by then.
 */
export function openDecisions(plan: Plan, claims: readonly ClaimSpec[]): IsOpen {
  // A run asks before each block, also of scenarios of which nothing was measured since.
  const answers = new Map<string, { readonly of: string; readonly isOpen: boolean }>()
  return (scenario, known) => {
    const own = ownOf(plan, scenario, known)
    const of = keyOf(own)
    const before = answers.get(scenario)
    if (before?.of === of) return before.isOpen
    const repetitions = repetitionsOf(plan, scenario, own)
    const judged = judgedIn(plan, scenario, own)
    const isOpen =
      judged.some((cell) => isShown(cell.view.entry) && isLevelOpen(judgeLevel(cell), repetitions)) ||
      differencesThatMatter(plan, scenario, { judged, known: own, claims }).some((difference) =>
        isWithinReach(difference, repetitions),
      )
    answers.set(scenario, { of, isOpen })
    return isOpen
  }
}

function ownOf({ entries }: Plan, scenario: string, { records, calibrations }: Known): Known {
  const own = new Set(entries.filter((entry) => entry.scenario === scenario).map(({ id }) => id))
  return { records: records.filter(({ entry }) => own.has(entry)), calibrations }
}

function keyOf({ records, calibrations }: Known): string {
  return [calibrations.length, ...records.map(({ entry, block, startedAt }) => `${entry} ${block} ${startedAt}`)].join()
}

function repetitionsOf({ blocks }: Plan, scenario: string, { records }: Known): Repetitions {
  const begun = new Set(records.map(({ block }) => block))
  const own = blocks.filter((block) => block.scenario === scenario)
  const done = own.filter(({ id }) => begun.has(id)).length
  return { done, left: own.length - done }
}

/** The cells of a scenario with their verdicts, those of another commit among them; without twins. */
function judgedIn(plan: Plan, id: string, { records, calibrations }: Known): JudgedCell[] {
  const scenarios = plan.scenarios.filter((scenario) => scenario.id === id)
  const entries = plan.entries.filter((entry) => entry.scenario === id && !entry.twinOf)
  return viewCells({ ...plan, scenarios, entries }, records, calibrations).map((view) => ({
    view,
    verdict: judge(view),
  }))
}

interface Judged {
  readonly judged: readonly JudgedCell[]
  readonly known: Known
  readonly claims: readonly ClaimSpec[]
}

/** The differences that the decision and the claims of a scenario rest on. */
function differencesThatMatter(
  plan: Plan,
  id: string,
  { judged: all, known: { records, calibrations }, claims }: Judged,
): Difference[] {
  const scenarios = plan.scenarios.filter((scenario) => scenario.id === id)
  const [scenario] = scenarios
  if (!scenario) return []
  const cells = all.filter(({ view }) => isShown(view.entry))
  const certificates = certificatesOf({ ...plan, scenarios }, calibrations)
  const main = mainLoadOf(scenario.loads)
  const own = claims.filter((claim) => claim.scenario === id)
  // Other loads are for claims alone.
  const compared = compareCells(own.length > 0 ? cells : cells.filter(({ view }) => view.loadId === main), certificates)
  const headline = compared.groups.find(({ loadId, metric }) => loadId === main && metric !== 'cpuMsPerRequest')
  const [leader, ...rest] = headlined(
    {
      entries: toEntries(plan, records, [], {}),
      cells: cells.map(({ view }) => ({ id: view.id, entry: view.entry.id })),
    },
    headline?.ranked ?? [],
  )
  return [
    ...rest.flatMap((cell) => compared.differenceOf(headline!.metric, leader!.id, cell.id) ?? []),
    ...(plan.against ? differencesAgainst(all, certificates, main) : []),
    ...differencesOfClaims(own, { cells, differenceOf: compared.differenceOf }),
  ]
}
