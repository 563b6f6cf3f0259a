/** docs/fairness.md: which rule each entry follows, and which it breaks, held against the entries' own files as far as they tell. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { TargetSpec } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { findProject, readCatalogue } from '../src/project.js'
import { checkout } from './helpers/project.js'

const doc = readFileSync(join(checkout, 'docs/fairness.md'), 'utf8')
const { targets, scenarios } = readCatalogue(findProject({ BAKEOFF_ROOT: checkout }))
const targetOf = (name: string) => targets.find((target) => target.name === name) as TargetSpec

/** The rows of the table whose head begins with these words, without code's marks. */
function rowsOf(text: string, head: string): string[][] {
  const lines = text.split('\n')
  const begin = lines.findIndex((line) => line.startsWith(`| ${head} |`))
  if (begin < 0) throw new Error(`no table ${head}`)
  const after = lines.slice(begin + 2)
  return after
    .slice(
      0,
      after.findIndex((line) => !line.startsWith('|')),
    )
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    )
}

const choices = (scenario: string) => rowsOf(doc, `Target, ${scenario}`) as [string, string][]
const notYet = rowsOf(doc, 'Target | Rule | What it does').map(([target, rule]) => ({
  target: target as string,
  rule: rule as string,
}))
const breaks = (rule: string) =>
  notYet
    .filter((row) => row.rule === rule)
    .map(({ target }) => target)
    .sort()

/** Rules are the codes in the first column of the tables of rules. */
const rules = [...doc.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, rule]) => rule as string)

/** Entries that the rules are about: contenders, stand-ins among them. */
const contenders = (scenario: string) =>
  targets
    .filter(({ variants }) => variants.some((each) => each.role === 'contender' && each.scenarios.includes(scenario)))
    .map(({ name }) => name)
    .sort()

/** The sources of a target that are its own program: no README, lock file or test. */
function sourcesOf(folder: string): string {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !/^(README\.md|.*\.lock|.*lock\.json|go\.sum|node_modules|tests?|target|\.venv)$/.test(name))
    .map((entry) => {
      const path = join(folder, entry.name)
      return entry.isDirectory() ? sourcesOf(path) : entry.isFile() ? readFileSync(path, 'utf8') : ''
    })
    .join('\n')
}

it('the test reads what it is about', () => {
  expect(rules).toEqual(expect.arrayContaining(['same-work', 'profile', 'pooled', 'batched', 'sdk']))
  expect(notYet.length).toBe(rowsOf(doc, 'Target | Rule | What it does').length)
  expect(contenders('ranknet')).toContain('rust-candle')
  expect(sourcesOf(targetOf('go-onnx').folder)).toContain('package main')
})

describe('each entry has chosen a rule, where there are several', () => {
  it.each(['ranknet', 'embed', 'chat'])('%s', (scenario) => {
    expect(
      choices(scenario)
        .map(([name]) => name)
        .sort(),
    ).toEqual(contenders(scenario))
  })

  it.each(choices('ranknet'))('%s is %s by its sources', (name, cell) => {
    const rules = cell.split(', ')
    for (const rule of rules) {
      expect(['pooled', 'pipelined']).toContain(rule)
      expect(sourcesOf(targetOf(name).folder)).toMatch(rule === 'pooled' ? /pool/i : /pipelin/i)
    }
    if (rules.length === 1) return
    // Who has both has a variant of each. A quick run takes the first.
    const own = targetOf(name).variants.filter(({ role }) => role === 'contender')
    expect(own.map((variant) => variant.name)).toEqual(rules)
    expect(own.map(({ alternative }) => alternative)).toEqual(own.map((_, index) => index > 0))
  })

  it.each(choices('embed'))('%s is %s by its sources', (name, rule) => {
    expect(['batched', 'unbatched']).toContain(rule)
    if (rule === 'batched') expect(sourcesOf(targetOf(name).folder)).toMatch(/batch_size/i)
    else expect(breaks('batched')).toContain(name)
  })

  it.each(choices('chat'))('%s: %s', (name, client) => {
    const { folder, variants } = targetOf(name)
    const own = variants.filter(({ role }) => role === 'contender')
    if (client === 'its own') expect(own.every(({ standIn }) => standIn !== null)).toBe(true)
    else {
      const [library] = client.split(',') as [string]
      const named = new RegExp(`(^|[\\s"'/:])${library}([\\s"'/=@,\\[]|$)`, 'm')
      const manifest = ['go.mod', 'package.json', 'requirements.in', 'Cargo.toml', 'mix.exs', 'pom.xml']
        .map((file) => join(folder, file))
        .filter(existsSync)
      expect(manifest.map((file) => readFileSync(file, 'utf8')).join('\n')).toMatch(named)
    }
  })
})

describe('what is said not to be so yet', () => {
  it.each(notYet)('$target breaks $rule', ({ target, rule }) => {
    expect(targets.map(({ name }) => name)).toContain(target)
    expect(rules).toContain(rule)
  })

  it('is all that breaks the profile of Rust, and no more', () => {
    const competing = targets.filter(({ variants }) => variants.some(({ role }) => role === 'contender'))
    const breaking = competing.flatMap(({ name, folder }) => {
      const manifests = ['Cargo.toml', 'native/Cargo.toml'].map((file) => join(folder, file)).filter(existsSync)
      return manifests.some((file) => !hasProfile(readFileSync(file, 'utf8'))) ? [name] : []
    })
    expect(breaks('profile')).toEqual(breaking.sort())
  })

  it('is that of every driver which has one variant only', () => {
    for (const name of breaks('both')) {
      const names = targetOf(name).variants.map((variant) => variant.name)
      expect(names.includes('pooled') && names.includes('pipelined')).toBe(false)
    }
  })
})

function hasProfile(manifest: string): boolean {
  const release = /\[profile\.release\]\n([\s\S]*?)(\n\[|$)/.exec(manifest)?.[1] ?? ''
  return /^lto = "fat"$/m.test(release) && /^codegen-units = 1$/m.test(release) && manifest.includes('mimalloc')
}

describe('what finds cheating under load is switched on', () => {
  it.each(scenarios.filter(({ services }) => services.length > 0))(
    '$id counts the work of its services',
    (scenario) => {
      const counted = scenario.counters.filter(({ work }) => work !== null).map(({ service }) => service)
      expect(counted.sort()).toEqual(scenario.services.map(({ name }) => name).sort())
    },
  )

  it('every request with a body is spelled anew, or is made by the load', () => {
    const plain = scenarios.filter(
      ({ requests, respell }) => respell === null && requests.some(({ body }) => body !== null),
    )
    expect(plain.map(({ id, loads }) => [id, ...new Set(loads.map(({ kind }) => kind))])).toEqual([
      ['chat-batch', 'batch'],
    ])
  })
})

it('names files that exist', () => {
  const links = [...doc.matchAll(/\]\(([^)#]+)(#[^)]*)?\)/g)].map(([, path]) => path as string)
  expect(links.length).toBeGreaterThan(10)
  for (const link of links) expect(statSync(join(checkout, 'docs', link)).size, link).toBeGreaterThan(0)
})
