import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readContext } from '../src/building/context.js'
import { checkReferences } from '../src/images/references.js'
import { readInside } from '../src/index.js'

let outside: string
let root: string

beforeAll(() => {
  outside = mkdtempSync(join(tmpdir(), 'bakeoff-outside-'))
  root = mkdtempSync(join(tmpdir(), 'bakeoff-inside-'))
  writeFileSync(join(outside, 'secret'), 'FROM secret')
  writeFileSync(join(outside, 'Dockerfile'), 'FROM secret')
  for (const name of ['plain', 'tricky', 'linked-file', 'linked-rules'])
    mkdirSync(join(root, 'targets', name), { recursive: true })
  writeFileSync(join(root, 'targets/plain/Dockerfile'), 'FROM scratch\n')
  writeFileSync(join(root, 'targets/linked-rules/Dockerfile'), 'FROM bakeoff/base\n')
  writeFileSync(join(root, 'targets/long'), 'x'.repeat(1_048_577))
  writeFileSync(join(root, 'targets/just-right'), 'x'.repeat(1_048_576))
  execFileSync('mkfifo', [join(root, 'targets/pipe')])
  for (const [path, to] of [
    ['targets/within', 'plain/Dockerfile'],
    ['targets/out', join(outside, 'secret')],
    ['targets/out-by-steps', '../../../../../../../../../../etc/hostname'],
    ['targets/nothing', 'not-there'],
    ['targets/loop', 'loop'],
    ['targets/zero', '/dev/zero'],
    ['targets/folder-out', outside],
    ['targets/folder-within', 'plain'],
    ['targets/linked-file/Dockerfile', join(outside, 'secret')],
    ['targets/linked-rules/.dockerignore', join(outside, 'secret')],
  ] as const)
    symlinkSync(to, join(root, path))
})
afterAll(() => {
  for (const folder of [outside, root]) rmSync(folder, { recursive: true })
})

describe('a file of the project', () => {
  it.each([
    { path: 'targets/plain/Dockerfile', expected: 'FROM scratch\n', because: 'as it is' },
    { path: 'targets/within', expected: 'FROM scratch\n', because: 'by a link within the project' },
    {
      path: 'targets/folder-within/Dockerfile',
      expected: 'FROM scratch\n',
      because: 'in a folder that is a link within it',
    },
    { path: 'targets/nobody/Dockerfile', expected: null, because: 'as null where there is none' },
    { path: 'targets/within/Dockerfile', expected: null, because: 'as null below what is no folder' },
  ])('is read $because', ({ path, expected }) => expect(readInside(root, path)).toBe(expected))

  it('is read up to its limit', () => {
    expect(readInside(root, 'targets/just-right')).toHaveLength(1_048_576)
    expect(readInside(root, 'targets/long', 2_000_000)).toHaveLength(1_048_577)
  })

  it.each([
    { path: 'targets/out', what: 'leads out of' },
    { path: 'targets/out-by-steps', what: 'leads out of' },
    { path: '../../../../../../../../etc/hostname', what: 'leads out of' },
    { path: 'targets/folder-out/Dockerfile', what: 'leads out of' },
    { path: 'targets/zero', what: 'leads out of' },
    { path: 'targets/nothing', what: 'is a link to nothing' },
    { path: 'targets/loop', what: 'cannot be read (ELOOP)' },
    { path: 'targets/pipe', what: 'is not a regular file' },
    { path: 'targets/plain', what: 'is not a regular file' },
    { path: 'targets/long', what: 'is larger than 1 MiB' },
  ])('is refused at once, by its name: $path $what', ({ path, what }) => {
    expect(() => readInside(root, path)).toThrow(
      expect.objectContaining({ code: 'BAD_SPEC', message: expect.stringContaining(`${path} ${what}`) }),
    )
  })
})

describe('a folder that an image is built from', () => {
  it.each([
    { name: 'linked-file', what: 'Dockerfile leads out of' },
    { name: 'linked-rules', what: '.dockerignore leads out of' },
  ])('is refused: $what', async ({ name, what }) => {
    await expect(readContext(join(root, 'targets', name))).rejects.toMatchObject({
      code: 'BAD_SPEC',
      message: expect.stringContaining(what),
    })
  })

  it('is refused when it is itself a link out of the project', async () => {
    const here = { root, home: root }
    const linked = checkReferences(here, 'bakeoff/target/folder-out', { folder: join(root, 'targets/folder-out') })
    await expect(linked).rejects.toMatchObject({ code: 'BAD_SPEC', message: expect.stringContaining('leads out of') })
    await checkReferences(here, 'bakeoff/target/folder-within', { folder: join(root, 'targets/folder-within') })
    await checkReferences(here, 'bakeoff/load-agent', { folder: outside }) // our own images lie where the program does
  })
})
