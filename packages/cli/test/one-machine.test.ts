import { resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { toPlanOptions } from '../src/commands/shared/planning.js'
import type { Invocation } from '../src/invocation.js'
import { makePlan } from '../src/planning.js'
import { openSetting } from '../src/setting.js'
import { SocketEngine } from './helpers/socket-engine.js'
import { recordingTerminal } from './helpers/terminal.js'

const root = resolve(import.meta.dirname, '../../..')
let engine: SocketEngine
let before: string | undefined

beforeEach(async () => {
  before = process.env.DOCKER_HOST
  engine = await SocketEngine.start()
  process.env.DOCKER_HOST = `unix://${engine.socket}`
})
afterEach(async () => {
  if (before === undefined) delete process.env.DOCKER_HOST
  else process.env.DOCKER_HOST = before
  await engine[Symbol.asyncDispose]()
})

const guarded: unknown[] = []
const invocation: Invocation = {
  project: { root, home: root, reports: '/nowhere' },
  terminal: recordingTerminal(),
  stop: {
    signal: new AbortController().signal,
    guard: (one) => void guarded.push(one),
    onNextSignal: () => () => undefined,
  },
  leave: () => undefined,
}

describe('without --hosts', () => {
  it('the one engine is asked what it is, and nothing else happens', async () => {
    await using setting = await openSetting(invocation)
    expect(engine.asked.sort()).toEqual(['GET /_ping', 'GET /info', 'GET /version', 'GET /version'])
    expect(Object.keys(setting)).toEqual(['project', 'catalogue', 'machine'])
    expect(Object.keys(setting.machine).sort()).toEqual(['engine', 'host'])
    expect(guarded).toEqual([])
  })

  it('a plan knows of no other machine', async () => {
    await using setting = await openSetting(invocation)
    // What the machine of a test has does not matter.
    const facts = { ...setting.machine.engine.facts, memoryBytes: 64 * 1024 ** 3 }
    const machine = { ...setting.machine, engine: { ...setting.machine.engine, facts } }
    const plan = makePlan({ ...setting, machine }, toPlanOptions({ quick: true, scenario: ['predict'] }), new Date())
    expect(plan).not.toHaveProperty('site')
    expect(plan.scenarios.flatMap((scenario) => Object.keys(scenario))).not.toContain('agents')
  })
})
