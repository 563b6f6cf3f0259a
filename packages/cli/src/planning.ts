import { randomInt } from 'node:crypto'
import { holeSentence } from '@bakeoff/containers'
import { type PlanRequest, planMatrix } from '@bakeoff/core'
import type { Plan, PlanWarning } from '@bakeoff/model'
import { execaSync } from 'execa'
import { typedCommand } from './called-as.js'
import { openOtherCommit } from './other-commit.js'
import type { PlanSetting } from './setting.js'
import { enginesOf, type PlannedOn } from './workbench.js'

/** The choices of a user for a plan; everything else in it is read. */
export type PlanOptions = Pick<
  PlanRequest,
  'selection' | 'profile' | 'repetitions' | 'budgetMs' | 'capacity' | 'rates' | 'levels' | 'loads' | 'windowMs' | 'seed'
> & {
  /** the commit whose targets and services are measured beside these; null: none */
  readonly against: string | null
}

/** What is planned of a selection where a user chooses nothing else. */
export const USUAL_PLAN: Required<Omit<PlanOptions, 'selection'>> = {
  profile: 'default',
  repetitions: null,
  capacity: false,
  rates: [],
  levels: [],
  loads: null,
  windowMs: null,
  budgetMs: null,
  seed: null,
  against: null,
}

/** Seeds of repetitions are a thousand times as large, and still fit into the 32 bits that a target may read one into. */
const MOST_SEED = 1_000_000

/**
 * Plans a run on this machine.
 *
 * @throws BakeoffError BAD_SPEC for what cannot be planned, also for a commit that is not there
 */
export function makePlan(
  { project, catalogue, machine, site = null }: PlanSetting,
  { against, ...options }: PlanOptions,
  now: Date,
): Plan {
  const plan = planMatrix({
    catalogue,
    host: machine.host,
    engine: machine.engine.facts,
    site,
    ...options,
    against: against === null ? null : openOtherCommit(project, against),
    freshSeed: randomInt(1, MOST_SEED),
    runId: runIdAt(now),
    createdAt: now.toISOString(),
    command: typedCommand(),
    git: gitState(project.root),
    root: project.root,
  })
  return { ...plan, warnings: [...plan.warnings, ...enginesToName(machine).flatMap(holeWarnings)] }
}

/** The engine of a plan; of several machines each kind of engine once. */
function enginesToName(machine: PlanSetting['machine']): readonly PlannedOn['engine'][] {
  const engines = enginesOf(machine)
  return [...new Map(engines.map((engine) => [`${engine.facts.name} ${engine.facts.version}`, engine])).values()]
}

/** The known holes through which a container can leave the engine. They tell readers of the report how far the targets had to be trusted. */
function holeWarnings({ facts, holes }: PlannedOn['engine']): PlanWarning[] {
  const open = holes.filter(({ closedBy }) => closedBy === null)
  if (open.length === 0) return []
  return [
    {
      what: `The engine has ${open.length === 1 ? 'a known hole' : 'known holes'}`,
      where: `${facts.name} ${facts.version}`,
      why: `${open.map(holeSentence).join('. ')}.`,
      todo: 'Update the engine before you measure targets that you do not trust.',
    },
  ]
}

/** `20261125-131502`: sorts by time, in UTC. */
export function runIdAt(now: Date): string {
  const [day, time] = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').split('T')
  return `${day}-${time}`
}

export function gitState(root: string): { commit: string | null; dirty: boolean | null } {
  const git = (...args: string[]) => {
    const { exitCode, stdout } = execaSync('git', args, { cwd: root, reject: false })
    return exitCode === 0 ? stdout.trim() : null
  }
  const status = git('status', '--porcelain')
  return { commit: git('rev-parse', 'HEAD'), dirty: status === null ? null : status !== '' }
}
