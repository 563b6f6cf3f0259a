/** Files that are written only where there is none yet. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { thereAlready, writeNew } from '../src/new-files.js'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bakeoff-new-files-'))
})
afterEach(() => rmSync(root, { recursive: true }))

it('writes all of them, with their folders', () => {
  writeNew(root, [
    { path: 'a/b/c.txt', text: 'c' },
    { path: 'a/d.txt', text: 'd' },
  ])
  expect(readFileSync(join(root, 'a/b/c.txt'), 'utf8')).toBe('c')
  expect(readFileSync(join(root, 'a/d.txt'), 'utf8')).toBe('d')
})

it('writes over nothing, and leaves nothing behind then, but what was there', () => {
  mkdirSync(join(root, 'kept'))
  writeFileSync(join(root, 'kept/theirs.txt'), 'theirs')
  const files = ['new/a.txt', 'kept/b.txt', 'kept/theirs.txt', 'never.txt'].map((path) => ({ path, text: 'ours' }))
  expect(() => writeNew(root, files)).toThrow(/EEXIST/)
  expect(readdirSync(root, { recursive: true }).map(String).sort()).toEqual(['kept', join('kept', 'theirs.txt')])
  expect(readFileSync(join(root, 'kept/theirs.txt'), 'utf8')).toBe('theirs')
})

it('names what is in the way, be it in the place of a folder, and once', () => {
  writeFileSync(join(root, 'bakeoff'), 'a file')
  mkdirSync(join(root, 'real'))
  symlinkSync(join(root, 'real'), join(root, 'linked'))
  expect(thereAlready(root, ['bakeoff/a.txt', 'bakeoff/b/c.txt', 'linked/a.txt', 'new/a.txt'])).toEqual(['bakeoff'])
})

it('does not write through a link that leads nowhere, which is there', () => {
  symlinkSync(join(root, 'elsewhere'), join(root, 'link'))
  expect(thereAlready(root, ['link', 'free'])).toEqual(['link'])
  expect(() => writeNew(root, [{ path: 'link', text: 'ours' }])).toThrow(/EEXIST/)
  expect(existsSync(join(root, 'elsewhere'))).toBe(false)
})
