/** Runs on the hosts of a lab, which can download and build nothing: their images are made by a run on this machine's engine. */
import { join } from 'node:path'
import { probeImage } from '@bakeoff/containers'
import type { Calibration, RepetitionRecord, Results } from '@bakeoff/model'
import { BASE, bring, type Lab, labUnderTest } from '../../../containers/test/lab/lab.js'
import { buildProbe } from '../../../containers/test/probe-under-test.js'
import { buildProgram, type Ended, run } from './command.js'
import { newestRun, resultsOf } from './lifecycle.js'
import type { TestProject } from './project.js'

/** What a run left. */
export interface Left {
  readonly id: string
  readonly ended: Ended
  readonly results: Results
  readonly records: readonly RepetitionRecord[]
  readonly calibrations: readonly Calibration[]
}

/** A lab in which a project can be measured. */
export interface LabOfRuns {
  readonly lab: Lab
  /** the run on this machine's engine that made the images */
  readonly here: Left
}

/**
 * Measures once on this machine, and starts a lab whose first host has the images of that run. From there a run moves them to the others.
 *
 * @param options.args of that run
 */
export async function labOfRuns(
  project: TestProject,
  { args, ...options }: Parameters<typeof labUnderTest>[0] & { readonly args: readonly string[] },
): Promise<LabOfRuns> {
  await buildProgram()
  const here = await measured(project, ...args)
  const { lab, here: engine } = await labUnderTest(options)
  try {
    await buildProbe(engine.client)
    // The probe of the compiled program is another bundle than that of the sources, and is made anew from the second image.
    const images = [BASE, 'bakeoff/runtimes/node:latest', `${probeImage}:latest`, ...imagesOf(project, here.id)]
    await bring(lab, engine, images, ['h1'])
    return { lab, here }
  } catch (error) {
    await lab.down()
    throw error
  }
}

/** The option with which a run is measured on the hosts of `useHosts`. */
export const ON_HOSTS = ['--hosts', 'hosts.yaml'] as const

/** Writes hosts.yaml into a project. */
export function useHosts(lab: Lab, project: TestProject, file: Parameters<Lab['writeHosts']>[0] = {}): void {
  lab.writeHosts({ ...file, file: join(project.root, 'hosts.yaml') })
}

/** Makes the hosts ready for a run over several, as users do. */
export async function prepareHosts(project: TestProject): Promise<void> {
  const { exitCode, stderr } = await run(project, 'hosts', 'prepare', '--yes')
  if (exitCode !== 0) throw new Error(`hosts prepare ended with ${exitCode}: ${stderr}`)
}

/** Runs the main command to its end, and reads what it left. */
export async function measured(project: TestProject, ...args: readonly string[]): Promise<Left> {
  const ended = await run(project, 'matrix', ...args)
  if (ended.exitCode !== 0) throw new Error(`matrix ${args.join(' ')} ended with ${ended.exitCode}: ${ended.stderr}`)
  return leftBy(project, ended)
}

export function leftBy(project: TestProject, ended: Ended, id: string = newestRun(project)): Left {
  const { calibrations } = project.folder(id).read()
  return { id, ended, results: resultsOf(project, id), records: project.records(id), calibrations }
}

/** Containers and networks on the hosts of a lab, each with its host. */
export async function onHosts(lab: Lab): Promise<string[]> {
  const all = lab.hosts.map(async ({ name }) => {
    const things = [...(await lab.containersOf(name)), ...(await lab.networksOf(name))]
    return things.map((thing) => `${name}: ${thing}`)
  })
  return (await Promise.all(all)).flat()
}

/** Names of containers on a host, without the session's part: `target`, `agent`, `lease`. */
export async function rolesOn(lab: Lab, host: string): Promise<string[]> {
  return (await lab.containersOf(host)).map((name) => name.slice(name.lastIndexOf('-') + 1)).sort()
}

function imagesOf(project: TestProject, id: string): string[] {
  const names = project.events(id).flatMap((event) => (event.kind === 'image' ? [`${event.image}:latest`] : []))
  return [...new Set(names)]
}
