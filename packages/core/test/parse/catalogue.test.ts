import type { BakeoffError, ClaimSpec, MatrixSpec, TargetSpec } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import {
  type BrokenPart,
  brokenInReach,
  brokenPart,
  brokenWarning,
  type Catalogue,
  checkCatalogue,
  needWhole,
  parseTarget,
  select,
} from '../../src/index.js'
import { aScenarioSpec } from '../specs.js'

/** target.yaml by folder, as a project has them; null: no Dockerfile beside it. */
function targetsOf(files: Readonly<Record<string, string | { readonly withoutDockerfile: string }>>) {
  const targets: TargetSpec[] = []
  const broken: BrokenPart[] = []
  for (const [name, text] of Object.entries(files)) {
    const file = `targets/${name}/target.yaml`
    const yaml = typeof text === 'string' ? text : text.withoutDockerfile
    const dockerfile = typeof text === 'string' ? 'FROM bakeoff/base' : null
    try {
      targets.push(parseTarget({ name, folder: `/p/targets/${name}`, file, yaml, dockerfile }))
    } catch (error) {
      broken.push(brokenPart({ kind: 'target', name, file }, error as BakeoffError))
    }
  }
  return { targets, broken }
}

const serving = (...scenarios: string[]) =>
  `language: go\nstack: [net/http]\nsummary: Plain\nscenarios: [${scenarios.join(', ')}]\n`
const claim = (id: string, target: string, variant = 'default', of = 'predict') =>
  ({ id, scenario: of, subjects: [{ id: 'a', target, variant }], statements: [] }) as unknown as ClaimSpec
const broken = (kind: BrokenPart['kind'], name: string): BrokenPart => ({
  kind,
  name,
  file: kind === 'target' ? `targets/${name}/target.yaml` : `compose/${name}.yaml`,
  message: `${name}.yaml:1:1: it is nonsense\n  1 | ?\n      ^`,
  hint: 'Make it sense.',
})
const catalogueOf = (
  files: Parameters<typeof targetsOf>[0],
  more: Partial<Catalogue> = {},
  matrix: Partial<MatrixSpec> = {},
): Catalogue => {
  const read = targetsOf(files)
  return checkCatalogue({
    matrix: { scenarios: null, targets: null, ...matrix } as MatrixSpec,
    scenarios: [aScenarioSpec('predict')],
    targets: read.targets,
    claims: [],
    ...more,
    broken: [...read.broken, ...(more.broken ?? [])],
  })
}

describe('what is wrong with a target stops only that target', () => {
  it.each([
    { because: 'no YAML', text: 'language: [go\n', says: /^targets\/mine\/target\.yaml:\d+:\d+: / },
    { because: 'an unknown key', text: `${serving('predict')}sumary: x\n`, says: /:5:1: unknown key "sumary"/ },
    {
      because: 'a bad variant',
      text: `${serving('predict')}variants:\n  two: { summary: Two, replicas: 2 }\n`,
      says: /:6:\d+: several replicas need a proxy/,
    },
    {
      because: 'no Dockerfile',
      text: { withoutDockerfile: serving('predict') },
      says: /^targets\/mine\/target\.yaml:1:1: there is no Dockerfile beside it/,
    },
    {
      because: 'a scenario that is not there',
      text: serving('predict', 'predikt'),
      says: /:4:22: there is no scenario "predikt"; did you mean "predict"\?/,
    },
  ])('$because', ({ text, says }) => {
    const catalogue = catalogueOf({ good: serving('predict'), mine: text })
    expect(catalogue.targets.map(({ name }) => name)).toEqual(['good'])
    expect(catalogue.broken).toMatchObject([{ kind: 'target', name: 'mine', message: expect.stringMatching(says) }])
    expect(catalogue.broken[0]?.hint).not.toBe('')
  })

  it('several are each told', () => {
    const { broken: parts } = catalogueOf({ a: '?', good: serving('predict'), b: 'x: 1', c: serving('nowhere') })
    expect(parts.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
  })

  it('a target of a scenario that is broken is whole: it waits for the scenario', () => {
    const { targets, broken: parts } = catalogueOf(
      { good: serving('predict', 'embed') },
      { broken: [broken('scenario', 'embed')] },
    )
    expect(targets.map(({ name }) => name)).toEqual(['good'])
    expect(parts.map(({ name }) => name)).toEqual(['embed'])
  })
})

describe('what is wrong with a claim stops only that claim', () => {
  it.each([
    {
      because: 'a target that is not there',
      one: claim('c', 'god'),
      says: 'there is no target "god"; did you mean "good"?',
    },
    { because: 'a variant that is not there', one: claim('c', 'good', 'fast'), says: 'no variant of good "fast"' },
    { because: 'a scenario that is not there', one: claim('c', 'good', 'default', 'x'), says: 'no scenario "x"' },
  ])('$because', ({ one, says }) => {
    const { claims, broken: parts } = catalogueOf(
      { good: serving('predict') },
      { claims: [claim('fine', 'good'), one] },
    )
    expect(claims.map(({ id }) => id)).toEqual(['fine'])
    expect(parts).toMatchObject([{ kind: 'claim', file: 'claims/c.yaml', message: expect.stringContaining(says) }])
  })

  it('one about a broken target waits for it', () => {
    const { claims, broken: parts } = catalogueOf(
      { good: serving('predict'), mine: '?' },
      { claims: [claim('c', 'mine')] },
    )
    expect(claims.map(({ id }) => id)).toEqual(['c'])
    expect(parts.map(({ name }) => name)).toEqual(['mine'])
  })
})

it('matrix.yaml stops everything: every command needs it', () =>
  expect(() => catalogueOf({ good: serving('predict') }, {}, { targets: ['god'] })).toThrowError(
    /^matrix\.yaml: there is no target "god"; did you mean "good"\?$/,
  ))

describe('a selection', () => {
  const files = { good: serving('predict'), mine: `${serving('predict')}sumary: x\n` }
  const all = { scenarios: null, targets: null }
  const embed = { broken: [broken('scenario', 'embed')] }

  it('of nothing by name leaves out what is broken', () => {
    const selected = select(catalogueOf(files, embed), all)
    expect(selected.map((one) => one.scenario.id)).toEqual(['predict'])
    expect(selected[0]?.entries.map(({ target }) => target.name)).toEqual(['good'])
  })

  it.each([
    { because: 'a target', selection: { ...all, targets: ['mine'] }, matrix: {}, says: 'target mine cannot be used' },
    { because: 'a variant of it', selection: { ...all, targets: ['mine/x'] }, matrix: {}, says: 'target mine cannot' },
    {
      because: 'matrix.yaml names it',
      selection: all,
      matrix: { targets: ['good', 'mine'] },
      says: 'target mine cannot',
    },
    { because: 'a scenario', selection: { ...all, scenarios: ['embed'] }, matrix: {}, says: 'scenario embed cannot' },
    {
      because: 'matrix.yaml names a scenario',
      selection: all,
      matrix: { scenarios: ['embed'] },
      says: 'scenario embed',
    },
  ])('by name of what is broken is an error with all that is wrong: $because', ({ selection, matrix, says }) => {
    const wrong = () => select(catalogueOf(files, embed, matrix), selection)
    expect(wrong).toThrowError(says)
    expect(wrong).toThrowError(/unknown key "sumary"[\s\S]*5 \| sumary: x|it is nonsense[\s\S]*\^/)
  })

  it('that leaves nothing names every part that is broken', () =>
    expect(() => select(catalogueOf({ a: '?', b: 'x: 1' }, embed), all)).toThrowError(
      /no target is left[\s\S]*embed\.yaml:1:1|targets\/a\/target\.yaml:1:[\s\S]*targets\/b\/target\.yaml:1:/,
    ))

  it.each([
    { because: 'all of it when nothing is named', selection: all, matrix: {}, names: ['mine', 'embed'] },
    {
      because: 'no target when others are named',
      selection: { ...all, targets: ['good'] },
      matrix: {},
      names: ['embed'],
    },
    {
      because: 'no scenario when others are',
      selection: { ...all, scenarios: ['predict'] },
      matrix: {},
      names: ['mine'],
    },
    { because: 'nor when matrix.yaml names others', selection: all, matrix: { targets: ['good'] }, names: ['embed'] },
  ])('is warned of $because', ({ selection, matrix, names }) =>
    expect(brokenInReach(catalogueOf(files, embed, matrix), selection).map(({ name }) => name)).toEqual(names),
  )
})

it('a warning has the place and the first line of what is wrong', () =>
  expect(brokenWarning(broken('scenario', 'embed'))).toEqual({
    what: 'scenario embed is left out',
    where: 'compose/embed.yaml',
    why: 'embed.yaml:1:1: it is nonsense',
    todo: 'Make it sense.',
  }))

it.each([
  { because: 'its target is broken', entries: [{ target: 'mine', scenario: 'predict' }], throws: true },
  { because: 'its scenario is broken', entries: [{ target: 'good', scenario: 'embed' }], throws: true },
  { because: 'it has neither', entries: [{ target: 'good', scenario: 'predict' }], throws: false },
])('an earlier run goes on only with whole parts: $because', ({ entries, throws }) => {
  const catalogue = catalogueOf({ good: serving('predict'), mine: '?' }, { broken: [broken('scenario', 'embed')] })
  const goOn = () => needWhole(catalogue, { runId: 'r', entries } as unknown as Parameters<typeof needWhole>[1])
  if (throws) expect(goOn).toThrowError('run r needs parts that cannot be used')
  else expect(goOn).not.toThrow()
})
