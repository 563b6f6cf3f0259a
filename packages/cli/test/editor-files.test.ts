/** What editors are told: schemas for the files that they are of, the form that biome gives, a container that both commands run in. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { commandProblems } from './helpers/command-problems.js'
import { pathsLike } from './helpers/paths-like.js'
import { checkout } from './helpers/project.js'
import { aRunOnDisk } from './helpers/run-on-disk.js'

const text = (file: string) => readFileSync(join(checkout, file), 'utf8')
const json = (file: string) => JSON.parse(text(file))

/** A schema and the files that it is wired to. */
interface Wire {
  readonly schema: string
  readonly patterns: readonly string[]
}

const settings = json('.vscode/settings.json')
const yamlWires = Object.entries(settings['yaml.schemas'] as Record<string, string | string[]>).map(
  ([schema, patterns]): Wire => ({ schema, patterns: [patterns].flat() }),
)
const jsonWires = (settings['json.schemas'] as { url: string; fileMatch: string[] }[]).map(
  ({ url, fileMatch }): Wire => ({ schema: url, patterns: fileMatch }),
)

describe('schemas in .vscode/settings.json', () => {
  const project = mkdtempSync(join(tmpdir(), 'bakeoff-wired-'))
  beforeAll(async () => {
    mkdirSync(join(project, 'reports'))
    await aRunOnDisk(join(project, 'reports'))
  })
  afterAll(() => rmSync(project, { recursive: true, force: true }))

  /** Editors check no NDJSON, so a schema of its lines is of use to programs only. */
  const isOfLines = (name: string) => json(`schema/${name}`).title.startsWith('A line of ')
  const checkOf = (schema: string) => {
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(json(schema))
    return (value: unknown) => (validate(value) ? [] : validate.errors)
  }

  it('are all that there are of whole files', () => {
    const wired = [...yamlWires, ...jsonWires].map(({ schema }) => basename(schema))
    expect(wired.toSorted()).toEqual(
      readdirSync(join(checkout, 'schema'))
        .filter((name) => !isOfLines(name))
        .toSorted(),
    )
    for (const { schema } of [...yamlWires, ...jsonWires]) expect(existsSync(join(checkout, schema)), schema).toBe(true)
  })

  it.each(yamlWires)('$schema is that of $patterns', ({ schema, patterns }) => {
    const problemsOf = checkOf(schema)
    for (const pattern of patterns) {
      const files = pathsLike(checkout, pattern)
      expect(files, pattern).not.toEqual([])
      for (const file of files) expect(problemsOf(parse(text(file))), file).toEqual([])
    }
  })

  it.each(jsonWires)('$schema is that of $patterns', ({ schema, patterns }) => {
    const problemsOf = checkOf(schema)
    for (const pattern of patterns) {
      const written = pathsLike(project, pattern)
      expect([...written, ...pathsLike(checkout, pattern)], pattern).not.toEqual([])
      for (const file of written)
        expect(problemsOf(JSON.parse(readFileSync(join(project, file), 'utf8'))), file).toEqual([])
    }
  })
})

describe('.editorconfig', () => {
  const { files, formatter } = json('biome.json')
  const kinds: string[] = files.includes.flatMap((pattern: string) => /^[^!].*\.(\w+)$/.exec(pattern)?.[1] ?? [])

  it.each([...new Set(kinds)])('says of .%s what biome.json does', (kind) => {
    expect(settingsOf(`packages/cli/src/some.${kind}`)).toMatchObject({
      indent_style: formatter.indentStyle,
      indent_size: String(formatter.indentWidth ?? 2),
      max_line_length: String(formatter.lineWidth),
      end_of_line: formatter.lineEnding ?? 'lf',
    })
  })

  it.each([
    { file: 'targets/go-net-http/main.go', says: { indent_style: 'tab' } },
    { file: 'targets/rust-axum/src/main.rs', says: { indent_style: 'space', indent_size: '4' } },
    { file: 'reports/example/results.csv', says: { end_of_line: 'unset', trim_trailing_whitespace: 'unset' } },
    { file: 'README.md', says: { indent_size: '2', end_of_line: 'lf' } },
  ])('says of $file: $says', ({ file, says }) => {
    expect(existsSync(join(checkout, file)), file).toBe(true)
    expect(settingsOf(file)).toMatchObject(says)
  })
})

/** What .editorconfig says of a file: all sections that match, the last word counts. */
function settingsOf(file: string): Record<string, string> {
  const [, ...sections] = text('.editorconfig').split(/^\[(.+)\]$/m)
  const found: Record<string, string> = {}
  for (let index = 0; index < sections.length; index += 2) {
    if (!globOf(sections[index] as string).test(file)) continue
    for (const [, name = '', value = ''] of (sections[index + 1] as string).matchAll(/^(\w+) *= *(\S+)$/gm))
      found[name] = value
  }
  return found
}

/** The part of EditorConfig's globs that the file uses: stars and braces. One without a slash matches names in any folder. */
function globOf(glob: string): RegExp {
  const pattern = glob
    .replaceAll('.', '\\.')
    .replaceAll('{', '(?:')
    .replaceAll('}', ')')
    .replaceAll(',', '|')
    .replaceAll(/\*+/g, (stars) => (stars.length > 1 ? '.*' : '[^/]*'))
  return new RegExp(glob.includes('/') ? `^(?:${pattern})$` : `^(?:.*/)?(?:${pattern})$`)
}

describe('the development container', () => {
  const container = json('.devcontainer/devcontainer.json')

  it('has the Node of .nvmrc, and an engine of its own', () => {
    expect(container.image).toMatch(new RegExp(`^node:${text('.nvmrc').trim()}-`))
    // The set-up starts an engine in it, which needs the rights, and a file system for its layers that is no layer itself.
    expect(container).toMatchObject({ privileged: true, remoteUser: 'root' })
    expect(container.mounts).toEqual([expect.stringMatching(/target=\/var\/lib\/docker,type=volume$/)])
  })

  it('starts with commands that there are', () => {
    const commands = [container.postCreateCommand, container.postAttachCommand]
    expect(commands).toEqual([expect.stringMatching(/^npm run /), expect.stringMatching(/^npm run /)])
    expect(commands.flatMap(commandProblems)).toEqual([])
  })

  it('brings the extensions that are recommended, the formatter among them', () => {
    const { recommendations } = json('.vscode/extensions.json')
    expect(container.customizations.vscode.extensions).toEqual(recommendations)
    for (const language of ['[typescript]', '[javascript]', '[json]'])
      expect(recommendations).toContain(settings[language]['editor.defaultFormatter'])
  })
})
