import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findProject, readCatalogue } from '../src/project.js'
import { staleCopies, templateNamedIn, templatesIn, writeCopies } from '../src/templates.js'

const shipped = findProject({ BAKEOFF_ROOT: new URL('../../..', import.meta.url).pathname }).root
const templates = templatesIn(shipped)
const { targets } = readCatalogue(findProject({ BAKEOFF_ROOT: shipped }))

describe('the copies in targets/', () => {
  it('are as their templates are; else run node scripts/copy-templates.mjs', () =>
    expect(staleCopies(shipped)).toEqual([]))

  it.each(templates)('say that they were copied from %s', (template) =>
    expect(templateNamedIn(readFileSync(join(shipped, template), 'utf8'))).toBe(template),
  )

  it.each(templates)('of %s are more than one', (template) => {
    const path = template
      .split('/')
      .slice(2)
      .join('/')
      .replace(/\.head$/, '')
    const having = targets.filter(({ folder }) => {
      const file = join(folder, path)
      return existsSync(file) && templateNamedIn(readFileSync(file, 'utf8')) === template
    })
    expect(having.length).toBeGreaterThan(1)
  })
})

describe('the check of copies', () => {
  let root: string
  const at = (path: string) => join(root, path)
  const put = (path: string, text: string) => {
    mkdirSync(dirname(at(path)), { recursive: true })
    writeFileSync(at(path), text)
  }
  const read = (path: string) => readFileSync(at(path), 'utf8')
  const info = '// Copied from templates/go/info.go: change it there, then run it.\npackage main\n'
  const stop = '// Copied from templates/go/deep/stop.go: change it there, then run it.\npackage deep\n'
  const head = '# Copied from templates/go-build/Dockerfile.head: change it there, then run it.\nFROM go AS build\n'
  const rest = 'FROM base\nCOPY --from=build /out /out\n'

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'bakeoff-templates-'))
    put('templates/go/info.go', info)
    put('templates/go/deep/stop.go', stop)
    put('templates/go-build/Dockerfile.head', head)
    put('targets/go-a/info.go', info)
    put('targets/go-a/deep/stop.go', stop)
    put('targets/go-a/Dockerfile', `${head}\n${rest}`)
    put('targets/other/info.go', 'package main // its own\n')
  })
  afterEach(() => rmSync(root, { recursive: true }))

  it('finds nothing where every copy is as its template', () => {
    expect(staleCopies(root)).toEqual([])
    expect(writeCopies(root)).toEqual([])
  })

  it.each([
    {
      because: 'a byte that was changed in a copy',
      change: () => appendFileSync(at('targets/go-a/info.go'), ' '),
      found: 'targets/go-a/info.go differs from templates/go/info.go: node scripts/copy-templates.mjs',
    },
    {
      because: 'a byte that was changed in a template',
      change: () => appendFileSync(at('templates/go/deep/stop.go'), ' '),
      found: 'targets/go-a/deep/stop.go differs from templates/go/deep/stop.go: node scripts/copy-templates.mjs',
    },
    {
      because: 'a copy that is missing',
      change: () => rmSync(at('targets/go-a/deep/stop.go')),
      found:
        'targets/go-a/deep/stop.go is missing, a copy of templates/go/deep/stop.go: node scripts/copy-templates.mjs',
    },
    {
      because: 'a template that is new',
      change: () => put('templates/go/new.go', 'x'),
      found: 'targets/go-a/new.go is missing, a copy of templates/go/new.go: node scripts/copy-templates.mjs',
    },
    {
      because: 'another head of a Dockerfile',
      change: () => put('targets/go-a/Dockerfile', `${head}RUN something\n\n${rest}`),
      found: 'targets/go-a/Dockerfile differs from templates/go-build/Dockerfile.head: node scripts/copy-templates.mjs',
    },
  ])('finds $because, and copying cures it', ({ change, found }) => {
    change()
    expect(staleCopies(root)).toEqual([found])
    expect(writeCopies(root)).toEqual([found.split(' ')[0]])
    expect(staleCopies(root)).toEqual([])
    expect(read('targets/go-a/Dockerfile')).toBe(`${head}\n${rest}`)
    expect(read('targets/other/info.go')).toContain('its own')
  })

  it.each([
    {
      because: 'a copy of what is not there',
      change: () => put('targets/go-a/old.go', info.replaceAll('info', 'old')),
      found: 'targets/go-a/old.go says that it was copied from templates/go/old.go, which is not there',
    },
    {
      because: 'a copy that lies elsewhere',
      change: () => put('targets/go-a/sub/info.go', info),
      found:
        'targets/go-a/sub/info.go says that it was copied from templates/go/info.go, whose copy is targets/go-a/info.go',
    },
  ])('finds $because, which copying does not cure', ({ change, found }) => {
    change()
    writeCopies(root)
    expect(staleCopies(root)).toEqual([found])
  })

  it('leaves a file alone that no longer says it is a copy', () => {
    put('targets/go-a/info.go', 'package main // on its own way\n')
    expect(staleCopies(root)).toEqual([])
    expect(writeCopies(root)).toEqual([])
  })
})
