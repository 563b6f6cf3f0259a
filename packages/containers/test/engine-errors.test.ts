import { BakeoffError } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { EngineLost, EngineRefusal, isEngineGone, statusOf, translated } from '../src/client/errors.js'
import { CLIENT_CALLS } from './client-calls.js'
import { clientOf, connectionError, engineError } from './fake-engine.js'

/** A library whose every call, on whatever it is, ends with this error. */
function failingWith(error: Error): object {
  const failing: object = new Proxy(
    {},
    {
      get: (_, name) => {
        if (name === 'modem') return { dial: (_request: unknown, done: (error: Error) => void) => done(error) }
        return /^get(Container|Image|Network|Node|Volume)$/.test(String(name))
          ? () => failing
          : () => Promise.reject(error)
      },
    },
  )
  return failing
}

describe('every call of an engine', () => {
  it.each(Object.entries(CLIENT_CALLS))('%s tells a lost engine as every other does', async (_name, call) => {
    const error: unknown = await call(clientOf(failingWith(connectionError('ECONNREFUSED')))).catch((one) => one)
    expect(error).toBeInstanceOf(EngineLost)
    expect(error).toMatchObject({
      code: 'ENGINE_LOST',
      isFrozen: false,
      message: expect.stringMatching(/^the container engine stopped answering while \w.*: connect ECONNREFUSED/),
      hint: expect.stringContaining('--resume'),
    })
  })

  it.each(Object.entries(CLIENT_CALLS))('%s tells a refusal as every other does', async (_name, call) => {
    const error: unknown = await call(clientOf(failingWith(engineError(409, 'it is in use')))).catch((one) => one)
    expect(error).toBeInstanceOf(EngineRefusal)
    expect(error).toMatchObject({ status: 409, message: 'it is in use' })
  })

  it('is among these', () => {
    const client = clientOf({})
    const { images, containers, networks, volumes, swarm } = client
    const named = Object.entries({ '': client, images, containers, networks, volumes, swarm }).flatMap(([of, calls]) =>
      Object.getOwnPropertyNames(Object.getPrototypeOf(calls))
        .filter((name) => name !== 'constructor')
        .map((name) => (of === '' ? name : `${of}.${name}`)),
    )
    expect(Object.keys(CLIENT_CALLS).sort()).toEqual(named.sort())
  })
})

describe('what a call met', () => {
  it.each([
    'ECONNABORTED',
    'ECONNREFUSED',
    'ECONNRESET',
    'EHOSTUNREACH',
    'ENOENT',
    'ENOTFOUND',
    'EPIPE',
    'ERR_STREAM_PREMATURE_CLOSE',
    'ETIMEDOUT',
  ])('is a lost engine for %s', (code) => {
    expect(isEngineGone(translated(connectionError(code), 'pulling x'))).toBe(true)
  })

  it('is no error of the engine when it is none', () => {
    const forbidden = connectionError('EACCES')
    const bug = new TypeError('x is not a function')
    expect(translated(forbidden, 'pulling x')).toBe(forbidden)
    expect(translated(bug, 'pulling x')).toBe(bug)
    expect([isEngineGone(bug), statusOf(bug), isEngineGone(null), statusOf(undefined)]).toEqual([
      false,
      null,
      false,
      null,
    ])
  })

  it("is the caller's wish when it aborted, whatever the call said", () => {
    const told = translated(connectionError('ECONNRESET'), 'pulling x', AbortSignal.abort())
    expect(told).toMatchObject({ code: 'ABORTED', message: 'stopped while pulling x' })
  })

  it('is told once: what is translated stays as it is', () => {
    for (const error of [
      EngineLost.frozen('no answer'),
      new EngineRefusal(404, 'no such image'),
      new BakeoffError('BAD_SPEC', 'x'),
    ])
      expect(translated(error, 'pulling x')).toBe(error)
  })

  it("is in the engine's words, without a password", () => {
    const said = engineError(500, 'Get "https://me:secret@registry.example/v2/": EOF')
    expect(translated(said, 'pulling x')).toMatchObject({ message: 'Get "https://***@registry.example/v2/": EOF' })
  })
})
