/** The probe's program: questions on stdin, answers on stdout, and what it does when nobody asks any more. See protocol.ts. */
import { writeFileSync } from 'node:fs'
import { steadyMs } from '@bakeoff/runner/ports'
import { connect } from '../../client/connect.js'
import { eachLine } from '../../lines.js'
import { HEARD_FILE } from '../container.js'
import type { Answer, ProbeOrder, Question } from '../protocol.js'
import { Answering } from './answering.js'
import { SilenceWatch } from './silence-watch.js'
import { sweepUntilDone } from './sweep-until-done.js'

/** Answers that nobody reads are dropped beyond this: writing never waits, so that this process always gets to its timers. */
const MOST_UNREAD_BYTES = 4 * 1024 * 1024

const order = JSON.parse(process.env.ORDER ?? '') as ProbeOrder
const say = (answer: Answer) => {
  if (process.stdout.writableLength < MOST_UNREAD_BYTES) process.stdout.write(`${JSON.stringify(answer)}\n`)
}
const answering = new Answering({ say, now: steadyMs, wallNow: Date.now })

const silence = new SilenceWatch(order.silenceMs, () => {
  answering.stop()
  const client = connect({ endpoint: `unix://${order.socket}`, foundBy: 'the probe', tls: null })
  sweepUntilDone(client, order).then((isDone) => process.exit(isDone ? 0 : 1))
})

// A bug must not be a way around the removal: nothing is answered any more, so the orchestrator notices, and the silence begins.
let isBroken = false
process.on('uncaughtException', (error) => {
  isBroken = true
  answering.stop()
  process.stderr.write(`${error.stack}\n`)
})

eachLine(process.stdin, (line) => {
  if (line === '' || isBroken || silence.isOver) return
  silence.hear()
  writeFileSync(HEARD_FILE, '')
  const question = JSON.parse(line) as Question
  answering.answer(question).then(() => {
    if (question.ask === 'quit') process.stdout.write('', () => process.exit(0))
  })
})
// The orchestrator may be gone, and the way to it may be: the local watchdog is given its time, as in any silence.
for (const stream of [process.stdin, process.stdout, process.stderr]) stream.on('error', () => undefined)
