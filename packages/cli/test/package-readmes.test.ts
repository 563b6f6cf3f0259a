/** What the README of each package says: whatever stands in it as code is a file, an export, a library or a command. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ALLOWED } from '../../../scripts/check-boundaries.mjs'
import { commandProblems } from './helpers/command-problems.js'
import { exportsOf } from './helpers/exports-of.js'
import { pathsLike } from './helpers/paths-like.js'
import { checkout } from './helpers/project.js'

const packages = readdirSync(join(checkout, 'packages'))
const folderOf = (name: string) => join(checkout, 'packages', name)
const readmeOf = (name: string) => readFileSync(join(folderOf(name), 'README.md'), 'utf8')
const manifestOf = (name: string) => JSON.parse(readFileSync(join(folderOf(name), 'package.json'), 'utf8'))

/** The sources of what a package exports, by what follows its name in an import: '' and '/ports'. */
function doorsOf(name: string): Map<string, string> {
  const doors = Object.entries(manifestOf(name).exports as Record<string, { default: string }>)
  return new Map(
    doors.map(([path, { default: file }]) => [
      path.slice(1),
      join(folderOf(name), file.replace('/dist/', '/src/').replace(/\.js$/, '.ts')),
    ]),
  )
}

/** What is wrong with a piece of code in the README of a package; empty when it is something. */
function problemsOf(code: string, name: string): string[] {
  if (/^(npm|node) /.test(code)) return commandProblems(code)
  const [, of, path = ''] = /^@bakeoff\/(\w+)(\/\w+)?$/.exec(code) ?? []
  if (of !== undefined) return packages.includes(of) && doorsOf(of).has(path) ? [] : [`nobody can import ${code}`]
  const { dependencies = {}, devDependencies = {} } = manifestOf(name)
  if (packages.includes(code) || code in dependencies || code in devDependencies) return []
  if ([...doorsOf(name).values()].some((door) => exportsOf(door).includes(code))) return []
  if (/[/.]/.test(code) && [folderOf(name), checkout].some((root) => pathsLike(root, code).length > 0)) return []
  return [`${name} has no ${code}`]
}

/** Sentences without the blocks of commands, whose lines are looked at as they are. */
const withoutBlocks = (text: string) => text.replaceAll(/^```[\s\S]*?^```$/gm, '')
const codeIn = (text: string) => [...withoutBlocks(text).matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)

describe.each(packages)('the README of %s', (name) => {
  const text = readmeOf(name)

  it('names only what there is', () => {
    expect(codeIn(text)).not.toEqual([])
    expect(codeIn(text).flatMap((code) => problemsOf(code, name))).toEqual([])
    for (const [, path = ''] of text.matchAll(/\]\(([^)]+)\)/g))
      expect(existsSync(join(folderOf(name), path)), path).toBe(true)
  })

  it('says who imports whom as it is checked', () => {
    const mayImport: Readonly<Record<string, readonly string[]>> = ALLOWED
    const importers = packages.filter((other) => mayImport[other]?.includes(name))
    const [, imports = '', importedBy = ''] = /^Imports: (.*)\. Imported by: (.*)\.$/m.exec(text) ?? []
    expect(codeIn(imports)).toEqual(mayImport[name])
    expect(codeIn(importedBy).toSorted()).toEqual(importers.toSorted())
  })

  it('says how only its tests are run', () => {
    const [, tests = ''] = text.split(/^## Its tests$/m)
    expect(tests).toMatch(/^npm test -- --project \w+/m)
    expect(commandProblems(tests)).toEqual([])
  })
})

it('containers and load know no more of the runner than its ports', () => {
  const beyond = ['containers', 'load'].flatMap((name) =>
    readdirSync(join(folderOf(name), 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .filter((file) => readFileSync(join(folderOf(name), 'src', file), 'utf8').includes("'@bakeoff/runner'")),
  )
  expect(beyond).toEqual([])
})

describe('the check of READMEs', () => {
  it.each([
    { code: 'src/kernel/', problem: 'model has no src/kernel/' },
    { code: 'test/*.kernel.test.ts', problem: 'model has no test/*.kernel.test.ts' },
    { code: 'formatFurlongs', problem: 'model has no formatFurlongs' },
    { code: 'autocannon', problem: 'model has no autocannon' },
    { code: '@bakeoff/runner/kernel', problem: 'nobody can import @bakeoff/runner/kernel' },
    { code: 'npm test -- --project kernel', problem: 'there is no project kernel of tests' },
  ])('finds $code', ({ code, problem }) => expect(problemsOf(code, 'model')).toEqual([problem]))

  it.each(['src/', 'test/*.test.ts', 'schema/', 'formatBytes', 'BakeoffError', 'Plan', 'zod', '@bakeoff/runner/ports'])(
    'knows %s',
    (code) => expect(problemsOf(code, 'model')).toEqual([]),
  )
})
