import { type DoctorCheck, doctor, engineFreeBytes, findEngine, readHostFacts } from '@bakeoff/containers'
import { type FirstRun, firstRunWords } from '@bakeoff/core'
import { BakeoffError, formatBytes } from '@bakeoff/model'
import { engineToCome, readFirstRuns } from '../first-run.js'
import { makePlan, type PlanOptions, wholePlan } from '../planning.js'
import { type Project, readCatalogue } from '../project.js'
import type { Terminal } from '../terminal.js'
import { type Machine, readMachine } from '../workbench.js'

/** What was found on this machine, what is wrong and what to do, and what a run will take. True when nothing stands in its way. */
export async function runDoctor(
  project: Project,
  json: boolean,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<boolean> {
  const found = await doctor({ host: await readHostFacts(), env: process.env, signal })
  const isUsable = found.every(({ id, state }) => id !== 'engine' || state !== 'bad')
  const checks = [...found, ...(await firstRuns(project, isUsable, terminal, signal))]
  terminal.print(
    json ? JSON.stringify(checks, null, 2) : checks.flatMap((check) => doctorLines(check, terminal)).join('\n'),
  )
  return checks.every(({ state }) => state !== 'bad')
}

const profiles = [
  { id: 'first-quick', title: 'Run with --quick', profile: 'quick' },
  { id: 'first-default', title: 'Run', profile: 'default' },
] as const

async function firstRuns(
  project: Project,
  isUsable: boolean,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<DoctorCheck[]> {
  const engine = isUsable ? await findEngine({ env: process.env, signal }) : null
  const machine = engine === null ? null : await readMachine(terminal, signal)
  const host = machine?.host ?? (await readHostFacts())
  const planned: Machine = machine ?? ({ host, engine: { facts: engineToCome(host), holes: [] } } as unknown as Machine)
  const freeBytes = (machine && (await engineFreeBytes(machine.engine))) ?? host.diskFreeBytes
  try {
    const catalogue = readCatalogue(project)
    const plans = profiles.map(({ profile }) => {
      const options: PlanOptions = { ...wholePlan, selection: { scenarios: null, targets: null }, profile }
      return makePlan(project, catalogue, planned, options, new Date())
    })
    const runs = await readFirstRuns(project, catalogue, plans, machine)
    return profiles.map(({ id, title }, index) => ({
      id,
      title,
      ...firstRunFinding(runs[index] as FirstRun, machine !== null, freeBytes),
    }))
  } catch (error) {
    if (!(error instanceof BakeoffError) || error.code === 'ABORTED') throw error
    return [{ id: 'first', title: 'Run', state: 'bad', found: error.message, todo: error.hint }]
  }
}

/** Pure. @param freeBytes on the disk of the engine; null: it cannot be read */
export function firstRunFinding(
  run: FirstRun,
  hasEngine: boolean,
  freeBytes: number | null,
): Pick<DoctorCheck, 'state' | 'found' | 'todo'> {
  const found = `${hasEngine ? '' : 'an engine is set up first; then '}${firstRunWords(run)}`
  if (freeBytes === null || run.diskBytes <= freeBytes) return { state: 'ok', found, todo: null }
  return {
    state: 'warn',
    found: `${found}\nwith their build layers the images take about ${formatBytes(run.diskBytes)}, and ${formatBytes(freeBytes)} are free`,
    todo: 'Make room, or measure less: npm run matrix -- --quick --scenario predict',
  }
}

export function doctorLines(
  { title, state, found, todo }: DoctorCheck,
  { colours }: Pick<Terminal, 'colours'>,
): string[] {
  const mark = { ok: colours.green('✓'), warn: colours.yellow('!'), bad: colours.red('✗') }[state]
  const [first = '', ...more] = found.split('\n')
  return [
    `${mark} ${title.padEnd(20)} ${first}`,
    ...[...more, ...(todo === null ? [] : [todo])].map((line) => `  ${''.padEnd(20)} ${line}`),
  ]
}
