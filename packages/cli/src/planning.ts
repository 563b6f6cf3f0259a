import { holeSentence } from '@bakeoff/containers'
import { type Catalogue, planMatrix, type Selection } from '@bakeoff/core'
import type { Plan, PlanWarning } from '@bakeoff/model'
import { execaSync } from 'execa'
import type { Project } from './project.js'
import type { Machine } from './workbench.js'

export interface PlanOptions {
  readonly selection: Selection
  readonly profile: string
  readonly repetitions: number | null
  readonly capacity: boolean
  readonly rates: readonly number[]
  readonly seed: number | null
}

/** Every entry whatever its role: what `check` takes when nothing is asked for. */
export const wholePlan: PlanOptions = {
  selection: { scenarios: null, targets: null, all: true },
  profile: 'default',
  repetitions: null,
  capacity: false,
  rates: [],
  seed: null,
}

/** Plans a run on this machine, now. */
export function makePlan(
  project: Project,
  catalogue: Catalogue,
  machine: Machine,
  options: PlanOptions,
  now: Date,
): Plan {
  const plan = planMatrix({
    catalogue,
    host: machine.host,
    engine: machine.engine.facts,
    ...options,
    runId: runIdAt(now),
    createdAt: now.toISOString(),
    command: commandLine(process.argv.slice(2)),
    git: gitState(project.root),
    root: project.root,
  })
  return { ...plan, warnings: [...plan.warnings, ...holeWarnings(machine)] }
}

/** What of the engine lets a container out, for who reads the report: it says how far the targets were to be trusted. */
function holeWarnings({ engine: { facts, holes } }: Machine): PlanWarning[] {
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

/** The command as a person would type it. */
export function commandLine([command = '', ...rest]: readonly string[]): string {
  return `npm run ${command}${rest.length > 0 ? ` -- ${rest.join(' ')}` : ''}`
}

export function gitState(root: string): { commit: string | null; dirty: boolean | null } {
  const git = (...args: string[]) => {
    const { exitCode, stdout } = execaSync('git', args, { cwd: root, reject: false })
    return exitCode === 0 ? stdout.trim() : null
  }
  const status = git('status', '--porcelain')
  return { commit: git('rev-parse', 'HEAD'), dirty: status === null ? null : status !== '' }
}
