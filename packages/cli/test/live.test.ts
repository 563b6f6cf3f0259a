import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sampleRun } from '../../core/test/fixtures-results.js'
import { openLivePage } from '../src/live.js'
import { RunFolder } from '../src/run-folder.js'

const { plan, runs } = sampleRun({ targets: 2, repetitions: 1, scenarios: ['predict'] })
const [first] = runs
let folder: RunFolder

beforeEach(async () => {
  folder = RunFolder.open(mkdtempSync(join(tmpdir(), 'bakeoff-live-')))
  await folder.writePlan(JSON.stringify(plan))
  const targets = Object.fromEntries(
    plan.entries.map(({ target }) => [target, { dockerfile: 'FROM x', yaml: 'language: go' }]),
  )
  folder.write('context.json', JSON.stringify({ base: { id: null, origin: null }, targets, claims: [] }))
  folder.event({ kind: 'run-started', at: plan.createdAt, runId: plan.runId, entries: 2, blocks: 1, estimateMs: 1000 })
})
afterEach(() => rmSync(folder.path, { recursive: true }))

const repetition = {
  kind: 'repetition',
  at: 'now',
  entry: first!.entry,
  block: first!.block,
  repetition: 1,
  outcome: 'measured',
  message: null,
  figures: [],
  leftMs: 5,
} as const

/** Reads events until one satisfies the condition, then goes away. */
async function readUntil(url: string, found: (text: string) => boolean): Promise<string> {
  const controller = new AbortController()
  const response = await fetch(`${url}events`, { signal: controller.signal })
  let text = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    if (found(text)) break
  }
  controller.abort()
  return text
}

describe('the live page', () => {
  it('is the report of what is on disk, and says that the run goes on', async () => {
    await using live = await openLivePage(folder)
    const before = await (await fetch(live.url)).text()
    expect(before).toContain('This run is going on.')
    expect(before).toContain("connect-src 'self'")
    await folder.writeRun(first!)
    folder.event(repetition)
    expect(await (await fetch(live.url)).text()).not.toBe(before)
  })

  it('ends as the final report', async () => {
    await using live = await openLivePage(folder)
    folder.event({ kind: 'run-ended', at: 'now', status: 'complete', reason: null })
    expect(await (await fetch(live.url)).text()).not.toContain('This run is going on.')
  })

  it('replays what happened, then tells what happens, and does not mind who goes away', async () => {
    await using live = await openLivePage(folder)
    expect(await readUntil(live.url, (text) => text.includes('\n\n'))).toMatch(/"kind":"run-started".*"past":true/)
    const second = readUntil(live.url, (text) => text.includes('"kind":"repetition"'))
    await new Promise((resolve) => setTimeout(resolve, 200))
    folder.event(repetition)
    expect(await second).toMatch(/"kind":"repetition".*"leftMs":5}/)
    expect((await fetch(`${live.url}elsewhere`)).status).toBe(404)
  })
})
