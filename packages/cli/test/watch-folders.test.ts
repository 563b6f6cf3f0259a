import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FolderWatch } from '../src/watch-folders.js'

let root: string
let watch: FolderWatch
const at = (path: string) => join(root, path)
const put = (path: string) => writeFileSync(at(path), String(Math.random()))
const next = () => watch.next(AbortSignal.timeout(5000))
const nothing = async () =>
  expect(await watch.next(AbortSignal.timeout(800)).catch(() => 'nothing has changed')).toBe('nothing has changed')

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bakeoff-watch-'))
  for (const folder of ['src/deep', 'node_modules/x', '.git']) mkdirSync(at(folder), { recursive: true })
  put('Dockerfile')
  watch = new FolderWatch([root])
})
afterEach(() => {
  watch[Symbol.dispose]()
  rmSync(root, { recursive: true })
})

describe('folders under watch', () => {
  it('tell once of files that change at one time, at any depth', async () => {
    put('Dockerfile')
    put('src/deep/main.go')
    expect(await next()).toEqual(expect.arrayContaining([at('Dockerfile'), at('src/deep/main.go')]))
    await nothing()
  })

  it('tell of what changed before the question', async () => {
    put('Dockerfile')
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(await next()).toEqual([at('Dockerfile')])
  })

  it('take in folders that are made meanwhile', async () => {
    mkdirSync(at('new'))
    await next()
    put('new/file')
    expect(await next()).toEqual([at('new/file')])
  })

  it('take in folders that are added', async () => {
    const other = mkdtempSync(join(tmpdir(), 'bakeoff-watch-'))
    try {
      watch.add([other])
      writeFileSync(join(other, 'file'), 'x')
      expect(await next()).toEqual([join(other, 'file')])
    } finally {
      rmSync(other, { recursive: true })
    }
  })

  it('tell of files alone where a folder is flat', async () => {
    const other = mkdtempSync(join(tmpdir(), 'bakeoff-watch-'))
    try {
      mkdirSync(join(other, 'below'))
      watch.addFlat(other)
      writeFileSync(join(other, 'below/file'), 'x')
      mkdirSync(join(other, 'new'))
      await nothing()
      writeFileSync(join(other, 'file'), 'x')
      expect(await next()).toEqual([join(other, 'file')])
    } finally {
      rmSync(other, { recursive: true })
    }
  })

  it('leave out what builds, git and Bakeoff write', async () => {
    put('node_modules/x/index.js')
    put('.git/index')
    await nothing()
  })

  it('settle with the reason when they are no longer wanted', async () => {
    const reason = new Error('stopped')
    await expect(watch.next(AbortSignal.abort(reason))).rejects.toBe(reason)
  })
})
