/** The watchdog's program; see watchdog.ts. It prints nothing, and always ends. */
import { setTimeout as sleep } from 'node:timers/promises'
import { LineSplitter } from '@bakeoff/model'
import { connect } from '../client/connect.js'
import type { FoundEngine } from '../client/endpoint.js'
import { openAgain } from '../ways/open-again.js'
import { removeSession } from './sweep.js'
import { GOODBYE, type WatchdogOrder } from './watchdog.js'

// Ctrl-C and a closing terminal reach every process of the terminal, and exactly then this one has work to do.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)

const told: string[] = []
const lines = new LineSplitter()
for await (const chunk of process.stdin) {
  told.push(...lines.push(chunk))
  if (told.includes(GOODBYE)) process.exit(0)
}

// A frozen engine may thaw, a stopped one may be started again. If that takes longer, the next start sweeps.
setTimeout(() => process.exit(1), 30 * 60_000)
if (told[0] !== undefined) {
  const { engine, session } = JSON.parse(told[0]) as WatchdogOrder
  for (let attempt = 0; ; attempt++) {
    try {
      await removeAll(engine, session)
      process.exit(0)
    } catch {
      await sleep(attempt < 100 ? 1_000 : 10_000) // the engine is away, or the way to it, or it does not remove something
    }
  }
}
process.exit(0)

/** @throws when something is left, as an overlay network while a machine that has a container on it is away */
async function removeAll(engine: FoundEngine, session: string): Promise<void> {
  await using way = await openAgain(engine)
  // The last creates of the dead process may still be in progress: wait until nothing new appears.
  const left = await removeSession(connect(way.found), session, { quietMs: 3_000, deadlineMs: 90_000 })
  if (left.length > 0) throw new Error(`${left.length} things are left`)
}
