import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bringBack, openOtherCommit } from '../src/other-commit.js'
import { gitIn } from './helpers/git.js'
import { TestProject } from './helpers/project.js'

let project: TestProject
let first: string

const git = (...args: string[]) => gitIn(project.root, ...args)

beforeAll(() => {
  project = new TestProject()
  git('init', '--quiet', '--initial-branch=main')
  git('add', 'targets', 'compose', 'matrix.yaml')
  git('commit', '--quiet', '--message', 'first')
  first = git('rev-parse', 'HEAD')
})
afterAll(() => project.remove())

describe('another commit', () => {
  it('is read from files that git gives, and leaves checkout and index as they are', () => {
    git('add', 'targets')
    const before = git('status', '--porcelain', '--untracked-files=no')
    const there = openOtherCommit(project, 'main')
    expect(there).toMatchObject({ ref: 'main', commit: first, broken: [], shared: [] })
    expect(there.targets.map(({ name, folder }) => [name, folder])).toEqual([
      ['go-net-http', join(project.root, '.bakeoff/against', first, 'targets/go-net-http')],
    ])
    expect(there.scenarios.map(({ id }) => id).sort()).toEqual(['predict', 'predict-uncapped'])
    expect(git('status', '--porcelain', '--untracked-files=no')).toBe(before)
  })

  it('is unchanged in a folder whose files are the same, and no longer when one of them has a change that is not committed', () => {
    expect(openOtherCommit(project, first).unchanged).toEqual(new Set(['targets/go-net-http']))
    appendFileSync(join(project.root, 'targets/go-net-http/main.go'), '// changed\n')
    const there = openOtherCommit(project, first)
    expect(there.unchanged).toEqual(new Set())
    expect(readFileSync(join(there.root, 'targets/go-net-http/main.go'), 'utf8')).not.toContain('// changed')
  })

  it('names the folders that both are built with when they differ', () => {
    appendFileSync(join(project.root, 'compose/toolchains/go/Dockerfile'), '# changed\n')
    expect(openOtherCommit(project, 'HEAD').shared).toEqual(['compose/toolchains'])
  })

  it('is taken out again when its files are gone', () => {
    const all = join(project.root, '.bakeoff/against')
    rmSync(join(all, first), { recursive: true })
    bringBack(project, { ref: 'main', commit: first })
    expect(existsSync(join(all, first, 'targets/go-net-http/target.yaml'))).toBe(true)
    expect(readdirSync(all)).toEqual([first])
  })

  it('is removed when it was not used for a week', () => {
    const old = join(project.root, '.bakeoff/against', 'f'.repeat(40))
    mkdirSync(old)
    const then = new Date(Date.now() - 8 * 24 * 3_600_000)
    utimesSync(old, then, then)
    openOtherCommit(project, 'HEAD')
    expect(existsSync(old)).toBe(false)
  })

  it.each([
    { because: 'there is no such commit', ref: 'nothere', says: 'there is no such commit', hint: 'git branch --all' },
    { because: 'it looks like an option', ref: '--all', says: 'there is no such commit', hint: 'git branch --all' },
    { because: 'it is a file', ref: 'HEAD:matrix.yaml', says: 'there is no such commit', hint: 'git log --oneline' },
  ])('is refused, with what to do, when $because', ({ ref, says, hint }) =>
    expect(() => openOtherCommit(project, ref)).toThrowError(
      expect.objectContaining({
        code: 'BAD_SPEC',
        message: expect.stringContaining(says),
        hint: expect.stringContaining(hint),
      }),
    ),
  )

  it('is refused where there is no checkout', () => {
    const root = mkdtempSync(join(tmpdir(), 'bakeoff-no-git-'))
    try {
      expect(() => openOtherCommit({ root }, 'main')).toThrowError(
        expect.objectContaining({
          message: expect.stringContaining('is not a git checkout'),
          hint: expect.stringContaining('--baseline RUN'),
        }),
      )
    } finally {
      rmSync(root, { recursive: true })
    }
  })

  it('is refused when it has no targets', () => {
    git('checkout', '--quiet', '--orphan', 'empty')
    git('rm', '--quiet', '-r', '--cached', '--force', 'targets')
    git('commit', '--quiet', '--message', 'no targets')
    expect(() => openOtherCommit(project, 'empty')).toThrowError(
      expect.objectContaining({ message: expect.stringContaining('has no folder targets') }),
    )
    expect(readdirSync(join(project.root, '.bakeoff/against'))).toEqual([first])
  })
})

describe('a target of another commit that is built from a folder elsewhere', () => {
  const TARGET = `language: go
stack: [x]
summary: s
scenarios: [predict]
build: ../../../services/orders
`
  const top = mkdtempSync(join(tmpdir(), 'bakeoff-repository-'))
  const root = join(top, 'bench')
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(top, path)), { recursive: true })
    writeFileSync(join(top, path), text)
  }
  afterAll(() => rmSync(top, { recursive: true }))
  beforeAll(() => {
    put('bench/targets/orders/target.yaml', TARGET)
    put('services/orders/Dockerfile', 'FROM bakeoff/base\n')
    put('services/orders/dist/index.js', 'one')
    put('services/other/file', 'not wanted')
    gitIn(top, 'init', '--quiet', '--initial-branch=main')
    gitIn(top, 'add', '.')
    gitIn(top, 'commit', '--quiet', '--message', 'first')
  })

  it('has the files of that folder too, in their place, and nothing else', () => {
    const there = openOtherCommit({ root }, 'main')
    const [orders] = there.targets
    expect(orders?.imageFrom).toMatchObject({ kind: 'build', context: join(there.root, '../services/orders') })
    expect(existsSync(join(there.root, '../services/orders/dist/index.js'))).toBe(true)
    expect(existsSync(join(there.root, '../services/other'))).toBe(false)
    expect(there.unchanged).toContain('../services/orders')
  })

  it('has what a service of a scenario is built from', () => {
    put('bench/compose/orders.yaml', 'services: { db: { build: ../../services/db }, cache: { image: redis } }\n')
    put('services/db/Dockerfile', 'FROM bakeoff/base\n')
    gitIn(top, 'add', '.')
    gitIn(top, 'commit', '--quiet', '--message', 'with a scenario')
    const there = openOtherCommit({ root }, 'HEAD')
    expect(existsSync(join(there.root, '../services/db/Dockerfile'))).toBe(true)
    expect(existsSync(join(there.root, '../services/other'))).toBe(false)
  })

  it('is changed where any file of it is, also one under a name that builds leave', () => {
    put('services/orders/dist/index.js', 'two')
    expect(openOtherCommit({ root }, 'main').unchanged).not.toContain('../services/orders')
  })

  it('is never unchanged where the folder is all of the repository', () => {
    put('Dockerfile', 'FROM bakeoff/base\n')
    put('bench/targets/orders/target.yaml', TARGET.replace('../../../services/orders', '../../..'))
    gitIn(top, 'add', '.')
    gitIn(top, 'commit', '--quiet', '--message', 'second')
    const there = openOtherCommit({ root }, 'main')
    expect(there.targets).toHaveLength(1)
    expect(existsSync(join(there.root, '../services/other/file'))).toBe(true)
    expect(there.unchanged).not.toContain('..')
  })
})
