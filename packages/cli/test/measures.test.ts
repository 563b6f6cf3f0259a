import { describe, expect, it } from 'vitest'
import { circlesIn, functionsOf, importsOf, LIMITS, measure } from '../../../scripts/measures.mjs'

const lines = (count: number, line = '  step()') => Array.from({ length: count }, () => line).join('\n')

describe('the measures of a source', () => {
  it.each([
    { because: 'a function', text: 'function f(a, b) {}', found: [['f', 2]] },
    {
      because: 'a type that is a function has no body',
      text: 'type F = (a: 1, b: 2, c: 3, d: 4, e: 5) => void',
      found: [],
    },
    {
      because: 'an overload has no body',
      text: 'function f(a: 1, b: 2): void\nfunction f(a: 1, b?: 2): void {}',
      found: [['f', 2]],
    },
    { because: 'an arrow is called as its variable', text: 'const f = (a: 1) => a', found: [['f', 1]] },
    {
      because: 'a member of an object',
      text: 'const o = { f: (a) => a, g(a, b) {} }',
      found: [
        ['f', 1],
        ['g', 2],
      ],
    },
    {
      because: 'members of a class, its constructor among them',
      text: 'class A { constructor(readonly a: 1, b: 2) {}\n  #f(a) {}\n  get g() { return 1 } }',
      found: [
        ['constructor', 2],
        ['f', 1],
        ['g', 0],
      ],
    },
    {
      because: 'an object is one parameter',
      text: 'function f({ a, b, c, d, e }: O, ...rest: 1[]) {}',
      found: [['f', 2]],
    },
    { because: '`this` is none', text: 'function f(this: A, a: 1) {}', found: [['f', 1]] },
    {
      because: 'a function in a function, after it',
      text: 'function f() { return [1].map((a, b) => a) }',
      found: [
        ['f', 0],
        ['a function without a name', 2],
      ],
    },
    { because: 'an abstract member has no body', text: 'abstract class A { abstract f(a: 1): void }', found: [] },
  ])('counts parameters: $because', ({ text, found }) => {
    expect(functionsOf(text).map(({ name, parameters }) => [name, parameters])).toEqual(found)
  })

  it.each([
    { because: 'from the first line to the last', text: `\nfunction f() {\n${lines(58)}\n}`, line: 2, count: 60 },
    { because: 'a whole method', text: `class A {\n  f() {\n${lines(10)}\n  }\n}`, line: 2, count: 12 },
  ])('counts lines: $because', ({ text, line, count }) => {
    expect(functionsOf(text)[0]).toMatchObject({ line, lines: count, isDeclaration: false })
  })

  it.each([
    { because: 'it gives a table', text: 'function f() {\n  return {\n    a: 1,\n  }\n}', is: true },
    { because: 'an arrow gives a table', text: 'const f = () => ({\n  a: 1,\n})', is: true },
    {
      because: 'it is a chain of options',
      text: 'function f() {\n  program\n    .option(1)\n    .option(2)\n}',
      is: true,
    },
    { because: 'it has two steps', text: 'function f() {\n  const a = 1\n  return { a }\n}', is: false },
    { because: 'it decides', text: 'function f() {\n  if (a) b()\n}', is: false },
    { because: 'it repeats', text: 'function f() {\n  for (const a of b) c(a)\n}', is: false },
  ])('says whether a function is a declaration: $is, since $because', ({ text, is }) => {
    expect(functionsOf(text)[0]?.isDeclaration).toBe(is)
  })

  it('knows what a source imports of its package: values, types, what it passes on, and what it loads later', () => {
    const text = [
      "import { a } from './a.js'",
      "import type { b } from '../b.js'",
      "export * from './c.js'",
      "export { d } from './d.js'",
      "const e = await import('./e.js')",
      "import { f } from 'node:fs'",
      "import { g } from '@bakeoff/model'",
      'const h = "import \'./h.js\'"',
    ].join('\n')
    expect(importsOf(text)).toEqual(['./a.js', '../b.js', './c.js', './d.js', './e.js'])
  })

  it('says what is no TypeScript', () => expect(() => functionsOf('function (')).toThrow())
})

describe('circles of imports', () => {
  const source = (file: string, ...imported: string[]) => ({
    file,
    text: imported.map((specifier) => `import '${specifier}'`).join('\n'),
  })

  it.each([
    { because: 'there is none', sources: [source('a.ts', './b.js'), source('b.ts')], files: [], folders: [] },
    {
      because: 'of two files in a folder',
      sources: [source('x/a.ts', './b.js'), source('x/b.ts', './a.js')],
      files: [['x/a.ts', 'x/b.ts']],
      folders: [],
    },
    {
      because: 'of three files',
      sources: [source('x/a.ts', './b.js'), source('x/b.ts', './c.js'), source('x/c.ts', './a.js')],
      files: [['x/a.ts', 'x/b.ts', 'x/c.ts']],
      folders: [],
    },
    {
      because: 'an arrow goes back, between folders whose files are in no circle',
      sources: [source('x/a.ts', '../y/b.js'), source('y/b.ts'), source('y/c.ts', '../x/d.js'), source('x/d.ts')],
      files: [],
      folders: [['x', 'y']],
    },
    {
      because: 'a file beside the folders counts as one',
      sources: [source('top.ts', './x/a.js'), source('x/a.ts'), source('x/b.ts', '../top.js')],
      files: [],
      folders: [['top', 'x']],
    },
  ])('are found: $because', ({ sources, files, folders }) => {
    expect(circlesIn(sources)).toEqual({ files, folders })
  })
})

describe('this tree', () => {
  const { manyParameters, long, circles, additions } = measure(new URL('../../..', import.meta.url).pathname)

  it(`has no function with more than ${LIMITS.parameters} parameters`, () =>
    expect(manyParameters.map(({ at, name }) => `${at} ${name}`)).toEqual([]))
  it(`has no function over ${LIMITS.lines} lines but declarations`, () =>
    expect(long.map(({ at, name, lines: count }) => `${at} ${name}: ${count}`)).toEqual([]))
  it('has no circle of imports and no arrow that goes back', () =>
    expect(circles.flatMap(({ files, folders }) => [...files, ...folders])).toEqual([]))
  it('lets a figure, a section and a verdict cost a file and a line, and a kind of load a driver beside them', () =>
    expect(additions).toEqual({ figure: 2, load: 3, section: 2, verdict: 2 }))
})
