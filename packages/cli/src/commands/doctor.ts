import { type Diagnosis, type DoctorCheck, diagnose, examine, readHostFacts } from '@bakeoff/containers'
import { type FirstRun, firstRunWords } from '@bakeoff/core'
import { BakeoffError, formatBytes, isAborted } from '@bakeoff/model'
import { doctorLines } from '../doctor-lines.js'
import { exitCodes } from '../exit.js'
import { engineToCome, readFirstRuns } from '../first-run.js'
import { readHosts } from '../hosts-file.js'
import type { Invocation } from '../invocation.js'
import { isFine, lookAtSite, siteLines } from '../look-at-site.js'
import { makePlan } from '../planning.js'
import { readCatalogue } from '../project.js'
import { machineOf } from '../workbench.js'
import type { AddCommand } from './shared/command.js'
import { jsonOption, toJson } from './shared/json.js'
import { toPlanOptions } from './shared/planning.js'

export const addDoctor: AddCommand = (program, invocation) =>
  program
    .command('doctor')
    .description('show what this machine has, what is wrong and what to do')
    .option('--hosts <file>', 'the machines that this file names, in place of this one')
    .addOption(jsonOption('what was found'))
    .action(async ({ json = false, hosts }: { json?: boolean; hosts?: string }) => {
      const isFine = hosts === undefined ? runDoctor(invocation, json) : doctorOfHosts(invocation, hosts, json)
      invocation.leave((await isFine) ? exitCodes.fine : exitCodes.environment)
    })

async function doctorOfHosts(invocation: Invocation, file: string, json: boolean): Promise<boolean> {
  const { terminal } = invocation
  const checks = await lookAtSite(invocation, readHosts(file, terminal), { all: true })
  terminal.print(json ? toJson(checks) : siteLines(checks, terminal).join('\n'))
  return isFine(checks)
}

/** Shows what this machine has, what is wrong, what to do, and how long a run will take. True when nothing prevents a run. */
async function runDoctor(invocation: Invocation, json: boolean): Promise<boolean> {
  const { terminal, stop } = invocation
  const diagnosis = await diagnose({ host: await readHostFacts(), env: process.env, signal: stop.signal })
  const checks = [...examine(diagnosis.findings), ...(await firstRuns(invocation, diagnosis))]
  terminal.print(json ? toJson(checks) : checks.flatMap((check) => doctorLines(check, terminal)).join('\n'))
  return checks.every(({ state }) => state !== 'bad')
}

const profiles = [
  { id: 'first-quick', title: 'Run with --quick', profile: 'quick' },
  { id: 'first-default', title: 'Run', profile: 'default' },
] as const

async function firstRuns({ project }: Invocation, { findings, engine }: Diagnosis): Promise<DoctorCheck[]> {
  const machine = engine && machineOf(findings.host, engine)
  const planned = machine ?? { host: findings.host, engine: { facts: engineToCome(findings.host), holes: [] } }
  const freeBytes = findings.engineDiskFreeBytes ?? planned.host.diskFreeBytes
  try {
    const catalogue = readCatalogue(project)
    const setting = { project, catalogue, machine: planned }
    const plans = profiles.map(({ profile }) => makePlan(setting, toPlanOptions({ profile }), new Date()))
    const runs = await readFirstRuns(project, catalogue, plans, machine)
    return profiles.map(({ id, title }, index) => ({
      id,
      title,
      ...firstRunFinding(runs[index] as FirstRun, machine !== null, freeBytes),
    }))
  } catch (error) {
    if (!(error instanceof BakeoffError) || isAborted(error)) throw error
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
