/** What GitHub is told: workflows and templates are YAML, and call commands and options that there are. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { commandProblems } from './helpers/command-problems.js'
import { checkout } from './helpers/project.js'

interface Step {
  readonly uses?: string
  readonly run?: string
}
interface Workflow {
  readonly name: string
  readonly on: unknown
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: Readonly<Record<string, { readonly 'timeout-minutes'?: number; readonly steps: readonly Step[] }>>
}
interface Form {
  readonly name: string
  readonly description: string
  readonly body: readonly { readonly type: string; readonly id?: string }[]
}

const text = (file: string) => readFileSync(join(checkout, '.github', file), 'utf8')
const named = <T>(folder: string) =>
  readdirSync(join(checkout, '.github', folder)).map((name): [string, T] => [name, parse(text(`${folder}/${name}`))])

describe.each(named<Workflow>('workflows'))('workflow %s', (_, { on, permissions, jobs }) => {
  const steps = Object.values(jobs).flatMap((job) => job.steps)
  const scripts = steps.flatMap(({ run }) => run ?? [])

  it('says when it runs, and may write nothing', () => {
    expect(on).toBeTruthy()
    expect(new Set(Object.values(permissions))).toEqual(new Set(['read']))
  })

  it('ends, whatever hangs', () => {
    for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeGreaterThan(0)
  })

  it('names a version of every action', () => {
    for (const { uses } of steps) if (uses !== undefined) expect(uses).toMatch(/^[\w-]+\/[\w-]+(\/[\w-]+)*@v\d+$/)
  })

  it('calls commands and options that there are', () => expect(scripts.flatMap(commandProblems)).toEqual([]))

  // What is put into a script before a shell reads it may be code of whoever names a branch.
  it('puts values into scripts by the environment alone', () => {
    for (const script of scripts) expect(script).not.toContain('${{')
  })
})

it('pushes and pull requests run .ci/run, which can be run', () => {
  const { on, jobs } = parse(text('workflows/ci.yml')) as Workflow
  expect(on).toMatchObject({ push: { branches: ['main'] }, pull_request: null })
  expect(Object.values(jobs).flatMap(({ steps }) => steps.map(({ run }) => run ?? ''))).toContainEqual(
    expect.stringMatching(/(^|\s)\.ci\/run$/),
  )
  expect(statSync(join(checkout, '.ci/run')).mode & 0o111).not.toBe(0)
})

it('one cache of images serves both workflows', () => {
  const keys = ['ci.yml', 'matrix.yml'].map(
    (name) => /key: (images-.*hashFiles.*)/.exec(text(`workflows/${name}`))?.[1],
  )
  expect(keys[0]).toBeDefined()
  expect(keys[1]).toBe(keys[0])
})

describe.each(named<Form>('ISSUE_TEMPLATE'))('issue template %s', (name, form) => {
  it('is a form', () => {
    expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) })
    const asked = form.body.filter(({ type }) => type !== 'markdown')
    expect(new Set(asked.map(({ id }) => id)).size, 'every question has an id of its own').toBe(asked.length)
    for (const { type } of form.body)
      expect(['markdown', 'input', 'textarea', 'dropdown', 'checkboxes']).toContain(type)
  })

  it('names commands that there are', () => expect(commandProblems(text(`ISSUE_TEMPLATE/${name}`))).toEqual([]))
})

it('the template of targets has every scenario', () => {
  const form = parse(text('ISSUE_TEMPLATE/target.yml')) as {
    body: { id?: string; attributes: { options?: string[] } }[]
  }
  const shipped = readdirSync(join(checkout, 'compose')).filter((name) => name.endsWith('.yaml'))
  const { attributes } = form.body.find(({ id }) => id === 'scenario') as (typeof form.body)[number]
  expect(attributes.options?.toSorted()).toEqual(shipped.map((name) => name.replace('.yaml', '')).toSorted())
})

it('the template of pull requests names commands that there are', () =>
  expect(commandProblems(text('pull_request_template.md'))).toEqual([]))

describe('the check of commands', () => {
  it.each([
    { text: 'npm run measure', problem: 'package.json has no script measure' },
    { text: 'npm run matrix -- --fast', problem: 'npm run matrix has no --fast' },
    { text: 'npm run --silent matrix -- --quick \\\n  --jsn > x', problem: 'npm run matrix has no --jsn' },
    { text: 'npm run matrix --quick', problem: 'npm run matrix: npm takes --quick for itself' },
    { text: 'npm run matrix -- --fail-on speed=5%', problem: '--fail-on has no rule "speed"' },
    { text: 'npm run lint -- --all', problem: 'npm run lint has no --all' },
    { text: 'npm test -- --part units', problem: 'npm test: there is no part units' },
    { text: 'npm test -- --project units', problem: 'there is no project units of tests' },
    { text: 'npm test -- --project unit packages/kernel', problem: 'there is no packages/kernel' },
    { text: 'node scripts/write-all.mjs', problem: 'there is no scripts/write-all.mjs' },
  ])('finds what is wrong with $text', ({ text, problem }) => expect(commandProblems(text)).toEqual([problem]))

  it.each([
    'npm run matrix -- --quick --fail-on errors=0,regression=5% --baseline x.json > y.json',
    'npm run list, `npm run plan`: no options',
    'npm test -- --project pure packages/core && npm run images -- save x.tar.gz --all',
  ])('finds nothing wrong with %s', (text) => expect(commandProblems(text)).toEqual([]))
})
