import { type Catalogue, planMatrix, type Selection } from '@bakeoff/core'
import type { Plan } from '@bakeoff/model'
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

/** Everything: what `check` and `plan` take when nothing is asked for. */
export const wholePlan: PlanOptions = {
  selection: { scenarios: null, targets: null },
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
  return planMatrix({
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

function gitState(root: string): { commit: string | null; dirty: boolean | null } {
  const git = (...args: string[]) => {
    const { exitCode, stdout } = execaSync('git', args, { cwd: root, reject: false })
    return exitCode === 0 ? stdout.trim() : null
  }
  const status = git('status', '--porcelain')
  return { commit: git('rev-parse', 'HEAD'), dirty: status === null ? null : status !== '' }
}
