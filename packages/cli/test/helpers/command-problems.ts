import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseGateRules } from '@bakeoff/core'
import { optionsOf } from '../../../../scripts/tests/options.mjs'
import { PARTS } from '../../../../scripts/tests/parts.mjs'
import { pathsLike } from './paths-like.js'
import { checkout } from './project.js'

const read = (file: string) => JSON.parse(readFileSync(join(checkout, file), 'utf8'))
const scripts: Readonly<Record<string, string>> = read('package.json').scripts
const options: Readonly<Record<string, readonly string[]>> = read('scripts/options.json')
const projects = new Set(PARTS.flatMap(({ project }) => project))

/** A command ends with its line, with the code span that it stands in, or where a shell puts something after it. */
const NPM_RUN = /\bnpm run(?: --silent)? ([a-z][a-z-]*)([^\n`|&;>]*)/g
const NPM_TEST = /\bnpm test\b([^\n`|&;>]*)/g
const NODE = /\bnode (\S+\.mjs)/g

/** What is wrong with the commands of this repository that a text has people, or a shell, type. */
export function commandProblems(text: string): string[] {
  const joined = text.replaceAll(/\\\n\s*/g, ' ')
  return [
    ...[...joined.matchAll(NPM_RUN)].flatMap(([, name = '', rest = '']) => problemsOfRun(name, rest)),
    ...[...joined.matchAll(NPM_TEST)].flatMap(([, rest = '']) => problemsOfTest(rest)),
    ...[...joined.matchAll(NODE)].flatMap(([, file = '']) =>
      pathsLike(checkout, file).length === 0 ? [`there is no ${file}`] : [],
    ),
  ]
}

/** What npm takes for its own, and what it hands on: the part behind `--`. */
function partsOf(rest: string): { readonly forNpm: string; readonly handedOn: string } {
  const at = rest.indexOf(' -- ')
  return at < 0 ? { forNpm: rest, handedOn: '' } : { forNpm: rest.slice(0, at), handedOn: rest.slice(at + 4) }
}

const optionsIn = (text: string) => [...text.matchAll(/(?:^|\s)--([a-z][a-z-]*)/g)].map(([, name = '']) => name)

function problemsOfRun(name: string, rest: string): string[] {
  if (!(name in scripts)) return [`package.json has no script ${name}`]
  const { forNpm, handedOn } = partsOf(rest)
  const unknown = optionsIn(handedOn).filter((option) => !options[name]?.includes(option))
  return [
    ...optionsIn(forNpm).map((option) => `npm run ${name}: npm takes --${option} for itself`),
    ...unknown.map((option) => `npm run ${name} has no --${option}`),
    ...problemsOfRules(/--fail-on[ =](\S+)/.exec(handedOn)?.[1]),
  ]
}

function problemsOfRules(rules: string | undefined): string[] {
  if (rules === undefined) return []
  try {
    parseGateRules(rules)
    return []
  } catch (error) {
    return [(error as Error).message]
  }
}

function problemsOfTest(rest: string): string[] {
  const asked = optionsOf(partsOf(rest).handedOn.split(/\s+/).filter(Boolean), {})
  if (asked.kind === 'bad') return [`npm test: ${asked.why}`]
  if (asked.kind !== 'vitest') return []
  const project = asked.args[asked.args.indexOf('--project') + 1]
  const paths = asked.args.filter((argument) => argument.includes('/'))
  return [
    ...(asked.args.includes('--project') && !projects.has(project) ? [`there is no project ${project} of tests`] : []),
    ...paths.filter((path) => pathsLike(checkout, path).length === 0).map((path) => `there is no ${path}`),
  ]
}
