/** What `npm test` runs: every test file in one part, and options that are understood or refused. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { optionsOf, USAGE } from '../../../scripts/tests/options.mjs'
import { ENVIRONMENT, PARTS, turnsOf } from '../../../scripts/tests/parts.mjs'
import { checkout } from './helpers/project.js'
import { readShipped, shippedEntries } from './helpers/shipped.js'

interface Part {
  readonly name: string
  readonly project?: string | readonly string[]
}
type Turns = readonly (readonly { readonly part: Part; readonly files: readonly string[] | null }[])[]

const files = readdirSync(join(checkout, 'packages')).flatMap((name) =>
  existsSync(join(checkout, 'packages', name, 'test'))
    ? readdirSync(join(checkout, 'packages', name, 'test'), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.test.ts'))
        .map((file) => join('packages', name, 'test', file))
    : [],
)
const engineFiles = files.filter((file) => file.endsWith('.engine.test.ts')).sort()
const turns = (all: boolean, only: readonly string[] = [], of = files): Turns => turnsOf({ all, only, files: of })
const namesOf = (of: Turns) => of.map((turn) => turn.map(({ part }) => part.name))
const filesOf = (of: Turns, project: string) =>
  of.flat().flatMap(({ part, files: own }) => (part.project === project ? (own ?? ['all of them']) : []))

describe('the parts of npm test', () => {
  it('hold every test against the engine once with --all, and only files that there are', () => {
    expect(filesOf(turns(true), 'engine').toSorted()).toEqual(engineFiles)
    expect(engineFiles).toEqual(expect.arrayContaining(filesOf(turns(false), 'engine')))
  })

  it('run a new file against the engine with --all, where no part names it', () => {
    const added = 'packages/cli/test/added.engine.test.ts'
    expect(filesOf(turns(true, [], [...files, added]), 'engine')).toContain(added)
    expect(filesOf(turns(false, [], [...files, added]), 'engine')).not.toContain(added)
  })

  it('have a project for every kind of test file', () => {
    const kinds = new Set(
      files.map((file) => /\.([a-z]+)\.test\.ts$/.exec(file)?.[1]).filter((kind) => kind !== undefined),
    )
    const projects = new Set(PARTS.flatMap(({ project }: Part) => project))
    expect([...kinds].filter((kind) => !projects.has(kind) && kind !== 'contract')).toEqual([])
  })

  it('check one target of each language of predict in the short run, and everything with --all', () => {
    const short = shippedEntries(readShipped(ENVIRONMENT.short))
    const languages = short.map((id) => id.split('/')[1]!.split('-')[0])
    expect(new Set(languages).size).toBe(short.length)
    expect(languages).toEqual(expect.arrayContaining(['elixir', 'go', 'node', 'python', 'rust']))
    const all = shippedEntries(readShipped({}))
    expect(all).toEqual(expect.arrayContaining(short))
    expect(all).toContain('predict-uncapped/python-flask/as-published')
  })

  it('put nothing beside what measures times', () => {
    for (const alone of ['timing', 'verdicts', 'orders']) expect(namesOf(turns(true))).toContainEqual([alone])
  })

  it('make the images before anything needs them', () => {
    const at = (name: string) => namesOf(turns(true)).findIndex((turn) => turn.includes(name))
    for (const later of ['verdicts', 'orders', 'engine', 'faults']) expect(at('images')).toBeLessThan(at(later))
  })

  it('can be left out, and lab-long is by .ci/run', () => {
    const left = turnsOf({ all: true, only: [], without: ['lab-long'], files }) as Turns
    expect(
      namesOf(turns(true))
        .flat()
        .filter((name) => !namesOf(left).flat().includes(name)),
    ).toEqual(['lab-long'])
    expect(readFileSync(join(checkout, '.ci/run'), 'utf8')).toContain('npm test -- --all --without lab-long')
  })

  it('have names of their own, and are found by them', () => {
    const names = PARTS.map(({ name }: Part) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(namesOf(turns(false, ['verdicts']))).toEqual([['verdicts']])
    for (const name of names) expect(USAGE).toContain(name)
  })
})

describe('what npm test is asked for', () => {
  it.each([
    { args: [], env: {}, is: { kind: 'parts', all: false, only: [], without: [] } },
    { args: [], env: { CI: 'true' }, is: { kind: 'parts', all: true, only: [], without: [] } },
    { args: [], env: { CI: 'false' }, is: { kind: 'parts', all: false, only: [], without: [] } },
    { args: ['--short'], env: { CI: '1' }, is: { kind: 'parts', all: false, only: [], without: [] } },
    { args: ['--all'], env: {}, is: { kind: 'parts', all: true, only: [], without: [] } },
    {
      args: ['--part', 'unit', '--part=load'],
      env: {},
      is: { kind: 'parts', all: false, only: ['unit', 'load'], without: [] },
    },
    {
      args: ['--all', '--without', 'lab-long'],
      env: {},
      is: { kind: 'parts', all: true, only: [], without: ['lab-long'] },
    },
    { args: ['--help'], env: {}, is: { kind: 'help' } },
    { args: ['--project', 'unit', 'a'], env: {}, is: { kind: 'vitest', all: false, args: ['--project', 'unit', 'a'] } },
    { args: ['--all', '--project=faults'], env: {}, is: { kind: 'vitest', all: true, args: ['--project=faults'] } },
    { args: ['--all', '--short'], env: {}, is: { kind: 'bad', why: '--all and --short exclude each other' } },
    { args: ['--part', 'units'], env: {}, is: { kind: 'bad', why: 'there is no part units' } },
    { args: ['--part'], env: {}, is: { kind: 'bad', why: 'there is no part without a name' } },
    { args: ['--without', 'labs'], env: {}, is: { kind: 'bad', why: 'there is no part labs' } },
    {
      args: ['--without=lab', '--part=unit'],
      env: {},
      is: { kind: 'bad', why: '--part and --without exclude each other' },
    },
    { args: ['--part', 'unit', '-u'], env: {}, is: { kind: 'bad', why: '--part takes no options of vitest: -u' } },
  ])('$args with $env: $is.kind', ({ args, env, is }) => expect(optionsOf(args, env)).toEqual(is))
})
