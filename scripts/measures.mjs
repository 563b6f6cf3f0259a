/**
 * Measures of the house: what a reader and a contributor meet in the sources of the packages.
 *
 *     node scripts/measures.mjs                 this tree
 *     node scripts/measures.mjs --base da999b2  that commit beside this tree
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, posix, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { parseAst } from 'vitest/node'

/** What no function goes beyond. */
export const LIMITS = { parameters: 4, lines: 60 }

/**
 * @typedef {{ name: string, line: number, parameters: number, lines: number, isDeclaration: boolean }} MeasuredFunction
 * @typedef {{ file: string, text: string }} Source file: from the folder of its package's sources
 */

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])

/**
 * The functions of a source with a body, outer ones first. `this` is no parameter. A function that is a single expression is a
 * declaration (a table, a template, a chain of options): it has no steps that could be told apart.
 *
 * @param {string} text TypeScript
 * @returns {MeasuredFunction[]}
 */
export function functionsOf(text) {
  const found = []
  const lineOf = lineFinder(text)
  walk(programOf(text), [], (node, parents) => {
    if (!FUNCTIONS.has(node.type) || !node.body) return
    found.push({
      name: nameOf(node, parents),
      line: lineOf(node.start),
      parameters: node.params.filter(({ name }) => name !== 'this').length,
      lines: lineOf(node.end) - lineOf(node.start) + 1,
      isDeclaration: node.body.type !== 'BlockStatement' || isOneExpression(node.body),
    })
  })
  return found
}

/** What a source imports of its own package, types as well. @param {string} text @returns {string[]} relative specifiers */
export function importsOf(text) {
  const found = []
  walk(programOf(text), [], (node) => {
    const specifier = /^(Import|Export\w*)(Declaration|Expression)$/.test(node.type) ? node.source?.value : undefined
    if (specifier?.startsWith('.')) found.push(specifier)
  })
  return [...new Set(found)]
}

/**
 * Things that import one another in a circle.
 *
 * @param {ReadonlyMap<string, Iterable<string>>} graph
 * @returns {string[][]} each circle with its members in order
 */
export function circlesOf(graph) {
  const reach = (from) => {
    const seen = new Set()
    const next = [...(graph.get(from) ?? [])]
    for (let node = next.pop(); node !== undefined; node = next.pop()) {
      if (seen.has(node)) continue
      seen.add(node)
      next.push(...(graph.get(node) ?? []))
    }
    return seen
  }
  const reached = new Map([...graph.keys()].map((node) => [node, reach(node)]))
  const circles = [...reached].flatMap(([node, others]) =>
    others.has(node) ? [[...others].filter((other) => reached.get(other)?.has(node)).sort()] : [],
  )
  return [...new Map(circles.map((circle) => [circle.join(), circle])).values()]
}

/**
 * Circles among the files of a package, and among its folders: folders in a circle have an arrow that goes back.
 *
 * @param {readonly Source[]} sources of one package
 */
export function circlesIn(sources) {
  const files = new Map(
    sources.map(({ file, text }) => [
      file,
      importsOf(text).map((specifier) => posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts')),
    ]),
  )
  const folders = new Map()
  for (const [file, imported] of files)
    for (const other of imported) {
      const [from, to] = [folderOf(file), folderOf(other)]
      if (from !== to) folders.set(from, (folders.get(from) ?? new Set()).add(to))
    }
  return { files: circlesOf(files), folders: circlesOf(folders) }
}

/** Everything about one tree. @param {string} root */
export function measure(root) {
  const names = readdirSync(join(root, 'packages'), { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const packages = names.map(({ name }) => ({ name, sources: sourcesOf(join(root, 'packages', name, 'src')) }))
  const functions = packages.flatMap(({ name, sources }) =>
    sources.flatMap(({ file, text }) =>
      functionsOf(text).map((each) => ({ ...each, at: `${name}/src/${file}:${each.line}` })),
    ),
  )
  return {
    manyParameters: functions.filter(({ parameters }) => parameters > LIMITS.parameters),
    long: functions
      .filter(({ lines, isDeclaration }) => lines > LIMITS.lines && !isDeclaration)
      .sort((a, b) => b.lines - a.lines),
    circles: packages.flatMap(({ name, sources }) => {
      const { files, folders } = circlesIn(sources)
      const told = (circle) => `${name}: ${circle.join(' ↔ ')}`
      return [{ files: files.map(told), folders: folders.map(told) }]
    }),
    lines: Object.fromEntries(
      packages.map(({ name, sources }) => [name, sum(sources.map(({ text }) => linesIn(text)))]),
    ),
    additions: Object.fromEntries(additionsOf(join(root, 'docs'))),
  }
}

/** Files that the descriptions of additions name above their code; tests do what they say in a copy of the tree. */
function additionsOf(docs) {
  const pages = readdirSync(docs).filter((name) => /^adding-a-[a-z]+\.md$/.test(name))
  return pages.flatMap((name) => {
    const files = [...readFileSync(join(docs, name), 'utf8').matchAll(/^```(?:ts|diff) (packages\/\S+)$/gm)].map(
      ([, file]) => file,
    )
    return files.length === 0 ? [] : [[name.slice('adding-a-'.length, -'.md'.length), new Set(files).size]]
  })
}

/** @returns {Source[]} */
function sourcesOf(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
    .map((path) => ({ file: relative(folder, path).replaceAll('\\', '/'), text: readFileSync(path, 'utf8') }))
}

/** @throws when the text is no TypeScript */
function programOf(text) {
  return parseAst(text, { lang: 'ts' })
}

function walk(node, parents, visit) {
  visit(node, parents)
  for (const value of Object.values(node))
    for (const child of Array.isArray(value) ? value : [value])
      if (typeof child?.type === 'string') walk(child, [...parents, node], visit)
}

/** The name that a reader searches for: its own, or of what holds it. */
function nameOf(node, parents) {
  if (node.id) return node.id.name
  const holder = parents.at(-1)
  const key = holder?.key ?? (holder?.type === 'VariableDeclarator' ? holder.id : undefined)
  return key?.name ?? key?.value ?? 'a function without a name'
}

function isOneExpression({ body }) {
  return body.length === 1 && (body[0].type === 'ReturnStatement' || body[0].type === 'ExpressionStatement')
}

/** A line of an offset, both from 1 on. */
function lineFinder(text) {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)]
  return (offset) => {
    let [low, high] = [0, starts.length]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (starts[middle] <= offset) low = middle
      else high = middle
    }
    return low + 1
  }
}

const folderOf = (file) => file.split('/')[0].replace(/\.ts$/, '')
const linesIn = (text) => text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
const sum = (values) => values.reduce((total, value) => total + value, 0)

/** Rows of name and figure, for one tree. */
function rowsOf({ manyParameters, long, circles, lines, additions }) {
  const count = (of) => sum(circles.map((each) => each[of].length))
  return [
    [`functions with more than ${LIMITS.parameters} parameters`, manyParameters.length],
    [`functions over ${LIMITS.lines} lines that are no declaration`, long.length],
    ['lines of the longest of them', long[0]?.lines ?? 0],
    ['circles of imports among files', count('files')],
    ['circles of imports among folders', count('folders')],
    ...Object.entries(lines).map(([name, figure]) => [`source lines of ${name}`, figure]),
    ['source lines', sum(Object.values(lines))],
    ...Object.entries(additions).map(([name, figure]) => [`files touched by a new ${name}`, figure]),
  ]
}

/** The tree of a commit in a folder of its own, for as long as `use` takes. */
function withTreeOf(root, commit, use) {
  const folder = mkdtempSync(join(tmpdir(), 'bakeoff-measures-'))
  try {
    const tree = execFileSync('git', ['-C', root, 'archive', commit, 'packages', 'docs'], { maxBuffer: 1024 ** 3 })
    execFileSync('tar', ['-x', '-C', folder], { input: tree })
    return use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function main() {
  const root = join(fileURLToPath(import.meta.url), '../..')
  const { values } = parseArgs({ options: { base: { type: 'string' } } })
  const now = measure(root)
  const before = values.base === undefined ? null : withTreeOf(root, values.base, (folder) => rowsOf(measure(folder)))
  const old = new Map(before ?? [])
  const rows = rowsOf(now).map(([name, figure]) => [name, ...(before ? [old.get(name) ?? '–'] : []), figure])
  const head = ['', ...(before ? [values.base] : []), before ? 'this tree' : '']
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => String(row[column]).length)))
  const written = (row) => row.map((cell, column) => String(cell)[column === 0 ? 'padEnd' : 'padStart'](widths[column]))
  const told = [
    ...now.manyParameters.map(({ at, name, parameters }) => `${at} ${name}: ${parameters} parameters`),
    ...now.long.map(({ at, name, lines }) => `${at} ${name}: ${lines} lines`),
    ...now.circles.flatMap(({ files, folders }) => [...files, ...folders]),
  ]
  const lines = [...(before ? [head] : []), ...rows].map((row) => written(row).join('  ').trimEnd())
  process.stdout.write(`${[...lines, ...told].join('\n')}\n`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main()
