/** A project that is begun in a user's repository, in temporary folders, read as every command reads it afterwards. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { BakeoffError } from '@bakeoff/model'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { IN_EACH_LANGUAGE } from '../../core/test/init/repositories.js'
import { fileLines, foundLines, nextLines } from '../src/commands/init.js'
import { type Begun, planInit, writeInit } from '../src/init.js'
import type { Invocation } from '../src/invocation.js'
import { createProgram } from '../src/program.js'
import { findProject, readCatalogue } from '../src/project.js'
import { recordingTerminal } from './helpers/terminal.js'

let repository: string
beforeEach(() => {
  repository = join(realpathSync(mkdtempSync(join(tmpdir(), 'bakeoff-init-'))), 'shop')
  mkdirSync(join(repository, '.git'), { recursive: true })
})
afterEach(() => rmSync(dirname(repository), { recursive: true, force: true }))

type Files = Readonly<Record<string, string>>

function put(files: Files, folder = '.'): void {
  for (const [path, text] of Object.entries(files)) {
    const whole = join(repository, folder, path)
    mkdirSync(dirname(whole), { recursive: true })
    writeFileSync(whole, text)
  }
}

const languageOf = (language: string) => IN_EACH_LANGUAGE[language] as Files

/** Begins a project and reads it. */
function begin(folder = '.', images: readonly string[] = []) {
  const begun = planInit(join(repository, folder), { images, asTyped: (text) => text })
  writeInit(begun)
  return { begun, catalogue: readCatalogue(findProject({}, join(repository, folder))) }
}

function refusalOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof BakeoffError) return `${error.message}\n${error.hint}`
    throw error
  }
  throw new Error('nothing was wrong')
}

const everyFile = () =>
  readdirSync(repository, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(repository.length + 1))
    .sort()

describe('init', () => {
  it.each(Object.keys(IN_EACH_LANGUAGE))('makes a project of a service in %s that every command reads', (language) => {
    put(languageOf(language), 'services/orders')
    const { begun, catalogue } = begin()
    expect(catalogue.broken).toEqual([])
    expect(catalogue.targets).toMatchObject([{ name: begun.targets[0], language, scenarios: [begun.scenario] }])
    expect(catalogue.scenarios.map(({ id }) => id)).toEqual([begun.scenario])
    expect(existsSync(join(repository, 'services/orders/Dockerfile.bakeoff'))).toBe(true)
  })

  it('builds a service by its own Dockerfile, and writes no other', () => {
    put({ ...languageOf('node'), Dockerfile: 'FROM node:24\nEXPOSE 3000\n' })
    const { catalogue } = begin()
    expect(catalogue.broken).toEqual([])
    expect(catalogue.targets[0]?.dockerfile).toContain('FROM node:24')
    expect(everyFile()).not.toContain('Dockerfile.bakeoff')
  })

  it('makes a target of each of two services, which serve one scenario', () => {
    put(languageOf('go'), 'services/orders-go')
    put(languageOf('node'), 'services/orders-node')
    const { begun, catalogue } = begin()
    expect(begun.scenario).toBe('shop')
    expect(catalogue.targets.map(({ name, scenarios }) => [name, ...scenarios])).toEqual([
      ['orders-go', 'shop'],
      ['orders-node', 'shop'],
    ])
  })

  it('makes targets of images, also in a folder that has nothing', () => {
    const { catalogue } = begin('.', ['shop/orders-node:1', 'shop/orders-go:1'])
    expect(catalogue.broken).toEqual([])
    expect(catalogue.targets.map(({ name, image }) => [name, image])).toEqual([
      ['orders-go', 'shop/orders-go:1'],
      ['orders-node', 'shop/orders-node:1'],
    ])
  })

  it('takes an image once that the docker-compose file has too', () => {
    put({ 'docker-compose.yml': 'services: { web: { image: "shop/orders:1", ports: [3000] } }\n' })
    const { begun } = begin('.', ['shop/orders:1', 'shop/other:1', 'shop/other:1', 'shop/web:1'])
    expect(begun.targets).toEqual(['web', 'other', 'web-2'])
    expect(begun.services.map(({ name }) => name)).toEqual(begun.targets)
  })

  it('looks three folders deep', () => {
    put(languageOf('go'), 'a/b/c')
    put(languageOf('node'), 'a/b/c/d')
    expect(begin().begun.services.map(({ folder }) => folder)).toEqual(['a/b/c'])
  })

  it('takes Dockerfile, stage and port from a docker-compose file, and what the service waits for', () => {
    put({ ...languageOf('python'), 'docker/prod.Dockerfile': 'FROM python:3.13 AS app\n' })
    put({
      'docker-compose.yml': `services:
  web:
    build: { context: ., dockerfile: docker/prod.Dockerfile, target: app }
    ports: ["8000:5000"]
    environment: [REDIS_URL=redis://cache]
    depends_on: [cache, store]
  cache: { image: "redis:7", ports: ["6379:6379"] }
  store: { build: ./store }
`,
      'store/Dockerfile': 'FROM postgres:17\n',
    })
    const { begun, catalogue } = begin()
    expect(catalogue.broken).toEqual([])
    expect(begun.services).toMatchObject([
      { port: 5000, image: { dockerfile: 'docker/prod.Dockerfile', stage: 'app' } },
    ])
    expect(catalogue.scenarios).toMatchObject([
      {
        target: { environment: { REDIS_URL: 'redis://cache' } },
        services: [
          { name: 'cache', image: 'redis:7' },
          { name: 'store', build: join(repository, 'store') },
        ],
      },
    ])
  })

  it('begins in the folder that it is given, within a git repository of more', () => {
    put(languageOf('go'), 'backend/orders')
    put(languageOf('node'), 'frontend')
    const { begun, catalogue } = begin('backend')
    expect(begun.root).toBe(join(repository, 'backend/bakeoff'))
    expect(catalogue.broken).toEqual([])
    expect(catalogue.targets.map(({ name }) => name)).toEqual(['orders'])
  })

  it('begins in a folder outside of git', () => {
    rmSync(join(repository, '.git'), { recursive: true })
    put(languageOf('go'))
    expect(begin().catalogue.broken).toEqual([])
  })

  it('passes over what is installed or built, and links that lead elsewhere', () => {
    put(languageOf('node'))
    for (const folder of ['node_modules/express', 'vendor/chi', '.cache/x', 'dist']) put(languageOf('go'), folder)
    symlinkSync('/etc', join(repository, 'linked'))
    expect(begin().begun.targets).toEqual(['orders'])
  })

  it('tells of a manifest that cannot be read, and goes on without it', () => {
    put(languageOf('go'), 'a')
    put({ 'package.json': '{"name":' }, 'b')
    mkdirSync(join(repository, 'c/pom.xml'), { recursive: true })
    const { begun } = begin()
    expect(begun.targets).toEqual(['orders'])
    expect(begun.unreadable).toEqual([
      { file: 'c/pom.xml', why: expect.stringContaining('is not a regular file') },
      { file: 'b/package.json', why: expect.stringContaining('JSON') },
    ])
  })
})

describe('init writes nothing, and says why,', () => {
  afterEach(() => expect(everyFile().filter((file) => file.includes('bakeoff') && !file.includes('there'))).toEqual([]))

  it('where no service is found', () => {
    put({ 'README.md': '# Shop\n' })
    const refusal = refusalOf(() => begin())
    expect(refusal).toContain(`no service was found in ${repository}`)
    expect(refusal).toContain('package.json')
    expect(refusal).toContain('npm run init -- --image')
  })

  it('where the only manifest cannot be read', () => {
    put({ 'package.json': '{"name":' })
    expect(refusalOf(() => begin())).toMatch(/no service was found.*\npackage\.json cannot be used: .*JSON.*\nCorrect/s)
  })

  it('where the folder is none', () =>
    expect(refusalOf(() => begin('nowhere'))).toContain('nowhere cannot be read (ENOENT)'))
})

describe('what is there already', () => {
  it('is a project: it is named, with what to do', () => {
    put(languageOf('go'))
    begin()
    const before = everyFile()
    for (const folder of ['.', 'bakeoff/targets'])
      expect(refusalOf(() => begin(folder))).toMatch(/there is a project already: .*bakeoff\n.*npm run list/s)
    expect(everyFile()).toEqual(before)
  })

  it('is not a clone of Bakeoff beside the repository', () => {
    put(languageOf('go'))
    put({ 'matrix.yaml': 'profiles: {}\n', 'compose/x.yaml': '', 'packages/cli/package.json': '{}' }, '../bakeoff')
    expect(findProject({}, repository).root).not.toBe(join(repository, '../bakeoff'))
    expect(begin().catalogue.targets).toHaveLength(1)
  })

  it('is a file of the same name: it is named, and nothing is written', () => {
    put(languageOf('go'))
    put({ 'bakeoff/matrix.yaml': 'theirs', 'bakeoff/notes.txt': 'theirs' })
    expect(refusalOf(() => begin())).toMatch(/bakeoff\/matrix\.yaml is there already.*nothing was written\nMove away/s)
    expect(readFileSync(join(repository, 'bakeoff/matrix.yaml'), 'utf8')).toBe('theirs')
    expect(existsSync(join(repository, 'Dockerfile.bakeoff'))).toBe(false)
  })

  it('has come to be there since it was planned: what was written before is removed', () => {
    put(languageOf('go'))
    const begun = planInit(repository, { images: [], asTyped: (text) => text })
    put({ 'bakeoff/matrix.yaml': 'theirs' })
    expect(refusalOf(() => writeInit(begun))).toContain('cannot be written (EEXIST): nothing was')
    expect(everyFile().filter((file) => file.includes('bakeoff'))).toEqual(['bakeoff/matrix.yaml'])
  })

  it('is a draft of before: it is taken, and kept', () => {
    put({ ...languageOf('go'), 'Dockerfile.bakeoff': 'FROM debian\nEXPOSE 9000\n' })
    expect(begin().begun.services).toMatchObject([{ port: 9000, image: { kind: 'own' } }])
    expect(readFileSync(join(repository, 'Dockerfile.bakeoff'), 'utf8')).toContain('9000')
  })
})

describe('what is told', () => {
  const planned = (): Begun => planInit(repository, { images: [], asTyped: (text) => text })

  it('is what was found, what is written, and the next command', () => {
    put({ ...languageOf('node'), Dockerfile: 'FROM node:24\nEXPOSE 3000\n' })
    const begun = planned()
    expect(foundLines(begun).slice(1)).toEqual(['  orders  node, Fastify, here, its own Dockerfile, port 3000'])
    expect(fileLines(begun, true)[0]).toBe('Would write, and wrote nothing:')
    expect(fileLines(begun, false)[1]).toMatch(/^ {2}bakeoff\/matrix\.yaml +what is measured/)
    writeInit(begun)
    expect(nextLines(begun, repository)[0]).toMatch(/: npm run check -- orders$/)
    expect(nextLines(begun, tmpdir())[0]).toMatch(/: BAKEOFF_ROOT=.*shop\/bakeoff npm run check -- orders$/)
  })

  it('with --dry-run is what would be written, and nothing is', async () => {
    put(languageOf('go'))
    const terminal = recordingTerminal()
    const invocation = { project: findProject({}, repository), terminal } as unknown as Invocation
    await createProgram(invocation).parseAsync([
      'node',
      'npm run',
      'init',
      repository,
      '--dry-run',
      '--image',
      'shop/a:1',
    ])
    expect(terminal.printed[0]).toBe('Would write, and wrote nothing:')
    expect(terminal.printed.join('\n')).toContain('bakeoff/targets/a/target.yaml')
    expect(everyFile().filter((file) => file.includes('bakeoff'))).toEqual([])
  })

  it('names the commands in the files as they are typed', () => {
    put(languageOf('go'))
    const { files } = planInit(repository, {
      images: [],
      asTyped: (text) => text.replaceAll('npm run ', 'npx bakeoff '),
    })
    for (const { text } of files) expect(text).not.toContain('npm run check')
  })
})
