/**
 * Every shipped target, in every variant and scenario, against a real engine: golden answers, bad input, faults, /info.
 * BAKEOFF_TEST_SCENARIO narrows them to one scenario, BAKEOFF_TEST_ONE_OF_EACH=1 to one contender of each language.
 */

import type { Plan, RunEvent } from '@bakeoff/model'
import { buildImages, type CheckReport, checkEntry, Run, requestsOf } from '@bakeoff/runner'
import type { RunSink } from '@bakeoff/runner/ports'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkLines } from '../src/check-lines.js'
import { openTerminal } from '../src/terminal.js'
import { materialsOf, openWorkbench, readMachine, type Workbench } from '../src/workbench.js'
import { readShipped, shippedEntries, shippedPlan } from './helpers/shipped.js'

const shipped = readShipped()
const { project, catalogue } = shipped
const terminal = openTerminal()
const controller = new AbortController()
const stop = { signal: controller.signal, guard: () => {}, onNextSignal: () => () => {} }

let plan: Plan
let workbench: Workbench
let run: Run

/** Builds take minutes on a new machine: the log says which. */
const told: RunSink = {
  writePlan: async () => {},
  writeRecord: async () => {},
  writeCalibration: async () => {},
  event: (event: RunEvent) => {
    if (event.kind === 'image' && event.state !== 'cached' && !event.step)
      terminal.say(`${event.image} ${event.state} ${event.seconds?.toFixed(0)} s ${event.message ?? ''}`)
  },
}

beforeAll(async () => {
  const machine = await readMachine(terminal, stop.signal)
  plan = shippedPlan(shipped, machine)
  workbench = await openWorkbench({ project, terminal, stop }, machine, false)
  const ports = workbench.ports(told)
  const materials = materialsOf(project, catalogue, plan)
  const images = await buildImages(requestsOf(plan, materials), ports, stop.signal)
  run = new Run({ plan, images, materials, ports, signal: stop.signal })
}, 3_000_000)

afterAll(async () => {
  controller.abort()
  await workbench?.[Symbol.asyncDispose]()
})

// Several at a time, as many as vitest.config.ts says: a contract is mostly waiting for what must time out.
describe('every target answers every golden question and every case of the contract, and says what it is', () => {
  it.concurrent.each(shippedEntries(shipped))('%s', async (id) => {
    const entry = plan.entries.find((one) => one.id === id)!
    const report = await checkEntry(run, entry)
    if (report.outcome === 'unsupported') return expect(entry.requires, report.failure?.error.message).not.toEqual([])
    expect(shown(report), shown(report)).toBe('')
    expect(report.info).toMatchObject({
      language: entry.language,
      languageVersion: expect.any(String),
      architecture: expect.any(String),
      cpus: expect.any(Number),
      workers: expect.any(Number),
      threads: expect.any(Object),
    })
  })
})

function shown(report: CheckReport): string {
  return report.outcome === 'passed' ? '' : checkLines(report, terminal).join('\n')
}
