/** A project in which something cannot be used: every command goes on with the rest, and says what it leaves out. */

import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listJson, listText } from '../src/commands/list.js'
import { createPaint } from '../src/paint.js'
import { findProject, openCatalogue, type Project, readCatalogue } from '../src/project.js'

const shipped = new URL('../../..', import.meta.url).pathname
let project: Project

beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), 'bakeoff-broken-'))
  for (const part of [
    'compose/predict',
    'compose/predict.yaml',
    'compose/predict-uncapped.yaml',
    'targets/go-net-http',
    'matrix.yaml',
  ])
    cpSync(join(shipped, part), join(root, part), { recursive: true })
  const matrix = join(root, 'matrix.yaml')
  writeFileSync(matrix, readFileSync(matrix, 'utf8').replace(/^order:.*$/m, '')) // names scenarios that are not here
  cpSync(join(root, 'targets/go-net-http'), join(root, 'targets/mine'), { recursive: true })
  project = findProject({ BAKEOFF_ROOT: root })
})
afterEach(() => rmSync(project.root, { recursive: true }))

const at = (path: string) => join(project.root, path)
const spoil = (path: string, change: (text: string) => string) =>
  writeFileSync(at(path), change(readFileSync(at(path), 'utf8')))

describe('a folder in targets/ that cannot be used stops only itself', () => {
  it.each([
    { because: 'bad YAML', spoiled: () => writeFileSync(at('targets/mine/target.yaml'), 'language: [go'), says: ':1:' },
    {
      because: 'no Dockerfile',
      spoiled: () => rmSync(at('targets/mine/Dockerfile')),
      says: 'targets/mine/target.yaml:2:1: there is no Dockerfile',
    },
    {
      because: 'no target.yaml',
      spoiled: () => rmSync(at('targets/mine/target.yaml')),
      says: 'target.yaml is missing',
    },
    {
      because: 'an unknown scenario',
      spoiled: () =>
        spoil('targets/mine/target.yaml', (yaml) =>
          yaml.replace(/^scenarios:.*$/m, 'scenarios: [predikt]').replace(/^ +scenarios:.*\n/gm, ''),
        ),
      says: 'did you mean "predict"?',
    },
    {
      because: 'a folder in the place of a file',
      spoiled: () => {
        rmSync(at('targets/mine/target.yaml'))
        mkdirSync(at('targets/mine/target.yaml'))
      },
      says: 'targets/mine/target.yaml is not a regular file',
    },
    {
      because: 'a link to nothing',
      spoiled: () => {
        rmSync(at('targets/mine/Dockerfile'))
        symlinkSync('nowhere', at('targets/mine/Dockerfile'))
      },
      says: 'targets/mine/Dockerfile is a link to nothing',
    },
    {
      because: 'a folder that is a link out of the project',
      spoiled: () => {
        rmSync(at('targets/mine'), { recursive: true })
        symlinkSync(join(shipped, 'targets/go-net-http'), at('targets/mine'))
      },
      says: 'leads out of',
    },
  ])('$because', ({ spoiled, says }) => {
    spoiled()
    const { targets, broken } = readCatalogue(project)
    expect(targets.map(({ name }) => name)).toEqual(['go-net-http'])
    expect(broken).toMatchObject([{ kind: 'target', name: 'mine', message: expect.stringContaining(says) }])
  })

  it.skipIf(process.getuid?.() === 0)('files that may not be read', () => {
    chmodSync(at('targets/mine/target.yaml'), 0)
    expect(readCatalogue(project).broken).toMatchObject([
      { message: expect.stringContaining('cannot be read (EACCES)') },
    ])
  })

  it('what is no target is no business of ours: a file, a folder without either of its files', () => {
    writeFileSync(at('targets/README.md'), '# Targets\n')
    mkdirSync(at('targets/shared/node_modules'), { recursive: true })
    symlinkSync('README.md', at('targets/link.md'))
    expect(readCatalogue(project)).toMatchObject({ broken: [], targets: [{}, {}] })
  })
})

it('a broken scenario stops only itself, and the targets of it stay', () => {
  cpSync(at('compose/predict.yaml'), at('compose/other.yaml'))
  spoil('compose/other.yaml', (yaml) => yaml.replace('x-scenario:', 'x-scenary:'))
  const { scenarios, targets, broken } = readCatalogue(project)
  expect(scenarios.map(({ id }) => id).sort()).toEqual(['predict', 'predict-uncapped'])
  expect(targets.map(({ name }) => name)).toEqual(['go-net-http', 'mine'])
  expect(broken).toMatchObject([{ kind: 'scenario', name: 'other', file: 'compose/other.yaml' }])
})

it('a broken claims file costs its claim', () => {
  mkdirSync(at('claims'))
  writeFileSync(at('claims/bold.yaml'), 'id: bold\n')
  expect(readCatalogue(project)).toMatchObject({ claims: [], broken: [{ kind: 'claim', file: 'claims/bold.yaml' }] })
})

describe('what is left out is told', () => {
  beforeEach(() => spoil('targets/mine/target.yaml', (yaml) => `${yaml}sumary: x\n`))
  const plain = createPaint(false).colours

  it('once by a command, with place, line and what to do', () => {
    const said: string[] = []
    openCatalogue(project, { say: (line) => void said.push(line), colours: plain })
    const line = readFileSync(at('targets/mine/target.yaml'), 'utf8').trimEnd().split('\n').length
    expect(said.filter((one) => one.startsWith('!'))).toEqual(['! target mine is left out:'])
    expect(said.join('\n')).toContain(`targets/mine/target.yaml:${line}:1: unknown key "sumary"`)
    expect(said.join('\n')).toContain('| sumary: x')
    expect(said.at(-1)).toContain('npm run plan')
  })

  it('by list, struck and with the reason, as text and as JSON', () => {
    const { colours, render } = createPaint(true)
    const catalogue = readCatalogue(project)
    const struck = `${String.fromCharCode(27)}[9mmine${String.fromCharCode(27)}[29m`
    expect(render(listText(catalogue, colours))).toContain(`${struck}                           target   targets/mine/`)
    expect(listText(catalogue, plain)).toMatch(
      /left out\n {2}mine +target +targets\/mine\/target\.yaml:\d+:1: unknown key/,
    )
    expect(listJson(catalogue)).toMatchObject({
      broken: [{ kind: 'target', name: 'mine', where: 'targets/mine/target.yaml' }],
    })
  })
})
