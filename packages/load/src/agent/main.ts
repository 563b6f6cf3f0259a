/** The load agent's own process: commands on stdin, replies on stdout, CORES load processes. */
import { fileURLToPath } from 'node:url'
import { messagesOf } from '../lines.js'
import { type Command, HEARTBEAT_MS, NO_COMMAND, type Reply } from '../protocol.js'
import { Agent } from './agent.js'
import { Crew } from './crew.js'

const cores = Math.max(1, Math.floor(Number(process.env.CORES)) || 1)
const crew = new Crew(fileURLToPath(new URL('./worker.mjs', import.meta.url)), cores)
const say = (reply: Reply) => process.stdout.write(`${JSON.stringify(reply)}\n`)
const agent = new Agent(crew, say)
setInterval(() => say({ id: NO_COMMAND, alive: true }), HEARTBEAT_MS)

function end(): void {
  crew.end()
  process.exit(0)
}

process.stdin.on(
  'data',
  messagesOf((line) => {
    const command = JSON.parse(line) as Command
    agent.obey(command).then(() => {
      if (command.command === 'quit') process.stdout.write('', end)
    })
  }),
)
// The client is gone, and with it the reader of all further output.
process.stdin.on('end', end)
process.stdin.on('error', end)
process.stdout.on('error', end)
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end)
