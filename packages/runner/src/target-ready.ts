import {
  BakeoffError,
  boundedLog,
  endWords,
  formatDurationMs,
  MOST_LOG_CHARACTERS,
  type PlannedEntry,
} from '@bakeoff/model'
import type { TargetGroup } from './target-group.js'
import type { Testbed } from './testbed.js'
import type { WatchedAgent } from './watched-agent.js'

/**
 * Waits until the target answers 200 on /health, or throws the reason why it never will. Returns the epoch ms of that answer. Of several
 * containers each is asked, the proxy last: it would answer as soon as the first replica does.
 */
export async function waitUntilReady({ agent, run }: Testbed, target: TargetGroup): Promise<number> {
  const { entry } = target
  const died = target.died.then(async ({ container, ...end }) => {
    throw new BakeoffError('NOT_READY', `${entry.id}: ${container.name} ${endWords(end)} before it was ready`, {
      logTail: await container.logTail(40),
      hint: lookYourself(entry),
    })
  })
  died.catch(() => {}) // awaited only while waiting
  const asked = askEach(agent, target).catch(async (cause: unknown) => {
    run.signal.throwIfAborted()
    if (cause instanceof BakeoffError && cause.code !== 'NOT_READY') throw cause
    throw new BakeoffError(
      'NOT_READY',
      `${entry.id} did not answer 200 on GET /health within ${formatDurationMs(entry.readyTimeoutMs)}`,
      {
        cause,
        logTail: await logsOf(target, 40),
        hint: lookYourself(entry),
      },
    )
  })
  return await Promise.race([asked, died])
}

async function askEach(agent: WatchedAgent, { origins, entry }: TargetGroup): Promise<number> {
  let lastMs = 0
  for (const origin of origins) {
    const { readyAtMs } = await agent.waitUntilReady(origin, '/health', entry.readyTimeoutMs)
    lastMs = readyAtMs
  }
  return lastMs
}

/** The last lines of each container of the target; all together are no longer than the log of one. */
export async function logsOf(target: TargetGroup, lines: number): Promise<string[]> {
  const share = MOST_LOG_CHARACTERS / target.containers.length
  const tails = await Promise.all(
    target.containers.map(async (container) => {
      const tail = boundedLog(await container.logTail(lines).catch(() => []), lines, share)
      return target.containers.length === 1 ? tail : tail.map((line) => `${container.name}: ${line}`)
    }),
  )
  return tails.flat()
}

function lookYourself(entry: PlannedEntry): string {
  return `Look at it yourself: npm run check -- ${entry.target} --keep`
}
