import { appendFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ScenarioSpec } from '@bakeoff/model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newTarget, usualScenario } from '../src/commands/new-target.js'
import { findProject, type Project, readCatalogue } from '../src/project.js'
import { staleCopies, templatesIn } from '../src/templates.js'

const shipped = findProject({ BAKEOFF_ROOT: new URL('../../..', import.meta.url).pathname })
let project: Project

beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), 'bakeoff-new-target-'))
  for (const part of ['compose', 'targets', 'templates', 'claims', 'matrix.yaml'])
    cpSync(join(shipped.root, part), join(root, part), { recursive: true })
  project = findProject({ BAKEOFF_ROOT: root })
})
afterEach(() => rmSync(project.root, { recursive: true }))

describe('new-target', () => {
  it.each(['python', 'go', 'elixir', 'rust', 'node', 'java'])(
    'makes one in %s that parses under its own name',
    (language) => {
      const name = `${language}-mine`
      const templates = templatesIn(project.root)
      for (const template of templates) appendFileSync(join(project.root, template), '\n')
      const made = newTarget(project, readCatalogue(project), { name, language, scenario: 'predict' })
      const target = readCatalogue(project).targets.find((one) => one.name === name)
      expect(target).toMatchObject({ language, scenarios: expect.arrayContaining(['predict']) })
      expect(existsSync(join(made.folder, 'Dockerfile'))).toBe(true)
      const readme = readFileSync(join(made.folder, 'README.md'), 'utf8')
      expect(readme).toContain(`# ${name}`)
      expect(readme, 'a figure of another service').not.toMatch(/\d/)

      const stale = staleCopies(project.root)
      const ofSource = stale.filter((line) => line.startsWith(`targets/${made.from}/`))
      expect(ofSource.length, 'copies in what it was made from').toBeGreaterThan(0)
      expect(stale.filter((line) => line.startsWith(`targets/${name}/`))).toEqual([])
    },
  )

  it.each([
    { because: 'nobody wrote one in', language: 'Kotlin', named: 'kotlin', scenario: 'predict' },
    { because: 'is shipped, and not for the scenario', language: 'java', named: 'java', scenario: 'chat' },
  ])('takes the general template for a language that $because', ({ language, named, scenario }) => {
    const made = newTarget(project, readCatalogue(project), { name: 'mine', language, scenario })
    expect(made).toMatchObject({ from: null, standsInFor: [] })
    const catalogue = readCatalogue(project)
    expect(catalogue.targets.find(({ name }) => name === 'mine')).toMatchObject({
      language: named,
      scenarios: [scenario],
    })
    const files = ['Dockerfile', '.dockerignore', 'target.yaml', 'README.md'].map((file) =>
      readFileSync(join(made.folder, file), 'utf8'),
    )
    for (const text of files) expect(text).not.toMatch(/\{\{/)
    const readme = files.at(-1) as string
    const { contract } = catalogue.scenarios.find(({ id }) => id === scenario)!
    expect(contract.length).toBeGreaterThan(0)
    for (const { name } of contract) expect(readme).toContain(`- [ ] ${name}: `)
    expect(readme).toContain(`(\`compose/${scenario}/contract.ndjson:1\`)`)
  })

  it('has keys in its comments that target.yaml takes, but for those that stand in place of the Dockerfile', () => {
    const { folder } = newTarget(project, readCatalogue(project), {
      name: 'mine',
      language: 'cobol',
      scenario: 'predict',
    })
    const file = join(folder, 'target.yaml')
    const whole = readFileSync(file, 'utf8').replaceAll(
      /^# (?=(port|health|tls|readyTimeout|env|variants| {2}tuned): )/gm,
      '',
    )
    writeFileSync(file, whole)
    const made = readCatalogue(project).targets.find(({ name }) => name === 'mine')
    expect(made).toMatchObject({
      reach: { port: 3000, health: { path: '/healthz', status: 200 }, tls: true },
      variants: [{ name: 'tuned' }],
    })
  })

  it.each(['golang', 'TypeScript'])('knows what people call %s', (language) => {
    const { from } = newTarget(project, readCatalogue(project), { name: 'mine', language, scenario: 'predict' })
    expect(from).not.toBeNull()
  })

  it.each([
    { scenario: 'predict', standsInFor: [] },
    { scenario: 'chat', standsInFor: ['Req', 'Finch'] },
  ])('says of which libraries the one for $scenario does without', ({ scenario, standsInFor }) => {
    const options = { name: 'elixir-mine', language: 'elixir', scenario }
    expect(newTarget(project, readCatalogue(project), options)).toMatchObject({ standsInFor })
  })

  it.each([
    {
      because: 'a name that is taken',
      options: { name: 'go-net-http', language: 'go', scenario: 'predict' },
      message: 'targets/go-net-http is there already',
    },
    {
      because: 'a name that cannot be one',
      options: { name: '../evil', language: 'go', scenario: 'predict' },
      message: '"../evil" cannot be the name of a target',
    },
    {
      because: 'a language that is probably mistyped',
      options: { name: 'x', language: 'pyhton', scenario: 'predict' },
      message: 'there is no shipped target in "pyhton"',
    },
    {
      because: 'a language whose name cannot be one',
      options: { name: 'x', language: 'C++', scenario: 'predict' },
      message: '"C++" cannot be the name of a language',
    },
    {
      because: 'a scenario that is not there',
      options: { name: 'x', language: 'cobol', scenario: 'predicts' },
      message: 'there is no scenario "predicts"',
    },
  ])('refuses $because', ({ options, message }) => {
    expect(() => newTarget(project, readCatalogue(project), options)).toThrowError(
      expect.objectContaining({ code: 'BAD_SPEC', message }),
    )
  })
})

describe('the scenario of a new target that names none', () => {
  const of = (...ids: readonly string[]) =>
    usualScenario({ scenarios: ids.map((id) => ({ id }) as unknown as ScenarioSpec) })

  it.each([
    { ids: ['chat', 'predict'], usual: 'predict' },
    { ids: ['orders'], usual: 'orders' },
  ])('is $usual of $ids', ({ ids, usual }) => expect(of(...ids)).toBe(usual))

  it.each([{ ids: [] }, { ids: ['orders', 'users'] }])('has to be named where there are $ids', ({ ids }) =>
    expect(() => of(...ids)).toThrow('it is open which scenario the target serves'),
  )
})

describe('the project', () => {
  it('reads every target, scenario and claim that is shipped', () => {
    const catalogue = readCatalogue(shipped)
    expect(new Set(catalogue.targets.map(({ language }) => language))).toEqual(
      new Set(['python', 'go', 'elixir', 'rust', 'node', 'java']),
    )
    expect(catalogue.claims.length).toBeGreaterThan(0)
  })

  it('tells the problems of all files at once', () => {
    rmSync(join(project.root, 'targets/go-net-http/Dockerfile'))
    rmSync(join(project.root, 'compose/predict/golden.ndjson'))
    expect(readCatalogue(project).broken).toMatchObject([
      // It has the same answers.
      { kind: 'scenario', name: 'predict-uncapped' },
      { kind: 'scenario', name: 'predict', message: expect.stringContaining('there is no file predict/golden.ndjson') },
      { kind: 'target', name: 'go-net-http', message: expect.stringContaining('there is no Dockerfile beside it') },
    ])
  })
})
