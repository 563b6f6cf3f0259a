import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ContainerWatch, parseEvent } from '../src/session/container-watch.js'
import { FakeEngine } from './fake-engine.js'

const labels = { 'bakeoff.session': 's' }
let engine: FakeEngine
let watch: ContainerWatch

beforeEach(async () => {
  engine = new FakeEngine()
  watch = new ContainerWatch(engine.client, 's', { pollMs: 20, patience: 3 })
  await watch.open()
})
afterEach(() => watch.close())

it('loses every container at once when the way to the engine is gone, though nothing else was noticed yet', async () => {
  const lives = ['a', 'b'].map((id) => {
    engine.addContainer(id, labels)
    return watch.watch(id)
  })
  watch.lose(new Error('the tunnel ended'))
  for (const { exited } of lives)
    await expect(exited).rejects.toMatchObject({
      code: 'ENGINE_LOST',
      message: expect.stringContaining('the tunnel ended'),
    })
})

describe('the end of a container', () => {
  it('is known from its event, with what the engine knows of it', async () => {
    const container = engine.addContainer('a', labels)
    const life = watch.watch('a')
    Object.assign(container, { State: 'exited', ExitCode: 3 })
    engine.say('die', 'a', 3)
    expect(await life.exited).toEqual({ exitCode: 3, oomKilled: false, paused: false, atMs: 1000 })
  })

  it('is known from the listing when no event came', async () => {
    const container = engine.addContainer('a', labels)
    const life = watch.watch('a')
    Object.assign(container, { State: 'exited', ExitCode: 137, OOMKilled: true })
    expect(await life.exited).toMatchObject({ exitCode: 137, oomKilled: true })
  })

  it('is known when somebody removed it', async () => {
    engine.addContainer('a', labels)
    const life = watch.watch('a')
    engine.containers.delete('a')
    expect(await life.exited).toMatchObject({ exitCode: null })
  })

  it('was for memory when a process of it was killed for memory, whatever the engine says of the first', async () => {
    const container = engine.addContainer('a', labels)
    const life = watch.watch('a')
    engine.say('oom', 'a')
    engine.say('oom', 'a')
    Object.assign(container, { State: 'exited', ExitCode: 1 })
    engine.say('die', 'a', 1)
    expect(await life.exited).toMatchObject({ exitCode: 1, oomKilled: true })
    expect(life.oomKills()).toBe(2)
  })

  it('is as good as come when somebody pauses it, which no event of an end tells', async () => {
    const container = engine.addContainer('a', labels)
    const life = watch.watch('a')
    container.State = 'paused'
    engine.say('pause', 'a')
    expect(await life.exited).toEqual({ exitCode: null, oomKilled: false, paused: true, atMs: 1000 })
  })

  it('is as good as come when the listing has it as paused, and no event came', async () => {
    const container = engine.addContainer('a', labels)
    const life = watch.watch('a')
    container.State = 'paused'
    expect(await life.exited).toMatchObject({ exitCode: null, paused: true })
  })

  it('is not one when it was stopped to be started again', async () => {
    const container = engine.addContainer('a', labels)
    const life = watch.watch('a')
    life.expectStop()
    container.State = 'exited'
    engine.say('die', 'a', 143)
    let ended = false
    life.exited.then(() => {
      ended = true
    })
    await new Promise((resolve) => setTimeout(resolve, 100)) // several listings
    expect(ended).toBe(false)

    container.State = 'running'
    life.expectRunning()
    Object.assign(container, { State: 'exited', ExitCode: 9 })
    expect(await life.exited).toMatchObject({ exitCode: 9 })
  })

  it('is not one while it is only created', async () => {
    engine.addContainer('a', labels).State = 'created'
    const life = watch.watch('a')
    const first = await Promise.race([life.exited, new Promise((resolve) => setTimeout(resolve, 100, 'goes on'))])
    expect(first).toBe('goes on')
  })
})

describe('the end of the engine', () => {
  it('is the end of all it ran', async () => {
    engine.addContainer('a', labels)
    engine.addContainer('b', labels)
    const both = [watch.watch('a'), watch.watch('b')]
    engine.kill()
    for (const { exited } of both) await expect(exited).rejects.toMatchObject({ code: 'ENGINE_LOST' })
  })

  it('is not one when only the event stream broke', async () => {
    const container = engine.addContainer('a', labels)
    const life = watch.watch('a')
    engine.kill()
    engine.revive()
    Object.assign(container, { State: 'exited', ExitCode: 4 })
    expect(await life.exited).toMatchObject({ exitCode: 4 })
  })

  it('does not end what is started once it is back', async () => {
    engine.addContainer('a', labels)
    const lost = watch.watch('a')
    engine.kill()
    await expect(lost.exited).rejects.toMatchObject({ code: 'ENGINE_LOST' })
    engine.revive()
    const container = engine.addContainer('b', labels)
    const life = watch.watch('b')
    Object.assign(container, { State: 'exited', ExitCode: 5 })
    expect(await life.exited).toMatchObject({ exitCode: 5 })
  })
})

it.each([
  {
    because: 'Docker',
    line: '{"status":"die","id":"x","Type":"container","Action":"die","Actor":{"ID":"x","Attributes":{"exitCode":"137"}},"time":1,"timeNano":1500000000}',
    expected: { action: 'die', id: 'x', exitCode: 137, atMs: 1500 },
  },
  {
    because: 'an engine that gives seconds only',
    line: '{"status":"oom","id":"x","time":2}',
    expected: { action: 'oom', id: 'x', exitCode: null, atMs: 2000 },
  },
  {
    because: 'a pause',
    line: '{"Action":"pause","Actor":{"ID":"x"},"time":1,"timeNano":1500000000}',
    expected: { action: 'pause', id: 'x', exitCode: null, atMs: 1500 },
  },
  { because: 'another event', line: '{"Action":"start","Actor":{"ID":"x"}}', expected: null },
  { because: 'half a line', line: '{"Action":"di', expected: null },
])('reads an event of $because', ({ line, expected }) => expect(parseEvent(line)).toEqual(expected))
