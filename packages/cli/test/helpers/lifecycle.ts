import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Results, type RunEvent, results } from '@bakeoff/model'
import type { RawEngine } from '../../../containers/test/raw-engine.js'
import { type Ended, type Started, start, until } from './command.js'
import type { TestProject } from './project.js'

/** The one entry of a test project. */
export const ENTRY = 'predict/go-net-http/default'

/** Names of the containers and networks of a command that are on the engine. */
export async function onEngine(docker: RawEngine, { pid }: Started): Promise<string[]> {
  const filters = { label: [`bakeoff.pid=${pid}`] }
  const containers = await docker.listContainers({ all: true, filters })
  const networks = await docker.listNetworks({ filters })
  return [...containers.flatMap(({ Names }) => Names), ...networks.map(({ Name }) => Name)]
}

/** Kills a container of a command by the end of its name: `agent`, `target`. */
export async function killContainer(docker: RawEngine, { pid }: Started, name: string): Promise<void> {
  const [one] = await docker.listContainers({ filters: { label: [`bakeoff.pid=${pid}`], name: [`-${name}$`] } })
  if (one === undefined) throw new Error(`there is no ${name}`)
  await docker.getContainer(one.Id).kill()
}

export function resultsOf(project: TestProject, runId: string): Results {
  return results.parse(JSON.parse(readFileSync(join(project.reports, runId, 'results.json'), 'utf8')))
}

export function newestRun(project: TestProject): string {
  const [id] = project.runs()
  if (id === undefined) throw new Error('there is no run')
  return id
}

/** The file behind the link in the last line of what was printed. */
export function linkedFile({ stdout }: Ended): string {
  const link = /file:\/\/\S+$/.exec(stdout)?.[0]
  if (link === undefined) throw new Error(`no link at the end of: ${stdout}`)
  return fileURLToPath(link)
}

/** Starts a run and waits for an event of it. */
export async function startUntil(
  project: TestProject,
  args: readonly string[],
  happened: (events: readonly RunEvent[]) => boolean,
  what: string,
): Promise<{ command: Started; runId: string }> {
  const before = new Set(project.runs())
  const command = start(project, ['matrix', ...args])
  let runId: string | undefined
  await until(
    () => {
      runId = project.runs().find((id) => !before.has(id))
      return runId !== undefined && happened(project.events(runId))
    },
    what,
    command,
  )
  return { command, runId: runId as string }
}

export const isLoading = (events: readonly RunEvent[]) => events.some(({ kind }) => kind === 'slice')

/** The second load of a repetition is being measured. */
export const underLoad = (events: readonly RunEvent[]) =>
  events.some((event) => event.kind === 'slice' && event.loadId === 'closed-1')

/** One repetition is measured, not only tried, and the second of its loads is being measured in the next. */
export function inSecondRepetition(events: readonly RunEvent[]): boolean {
  const first = events.findIndex((event) => event.kind === 'repetition' && event.outcome === 'measured')
  return first >= 0 && underLoad(events.slice(first))
}
