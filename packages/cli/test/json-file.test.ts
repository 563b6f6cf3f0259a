/** JSON for programs, by npm and past it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { npmWroteFirst } from '../src/called-as.js'
import { createProgram } from '../src/program.js'
import { findProject } from '../src/project.js'
import { openTerminal } from '../src/terminal.js'
import { checkout } from './helpers/project.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bakeoff-json-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

class Output extends Writable {
  text = ''
  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.text += chunk
    done()
  }
}

/** What a command wrote to both outputs. */
async function called(...args: string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const [stdout, stderr] = [new Output(), new Output()]
  const terminal = openTerminal({ stdin: {}, stdout, stderr }, {})
  const stop = { signal: new AbortController().signal, guard: () => {}, onNextSignal: () => () => {} }
  const program = createProgram({ project: findProject({}), terminal, stop, leave: () => {} }, 'npm run')
  try {
    await program.parseAsync(['node', 'npm run', ...args])
  } finally {
    await terminal.settled()
  }
  return { stdout: stdout.text, stderr: stderr.text }
}

describe('--json-file', () => {
  it('has in the file what --json prints, and prints nothing', async () => {
    const file = join(folder, 'list.json')
    expect(await called('list', '--json-file', file)).toEqual({ stdout: '', stderr: '' })
    expect(readFileSync(file, 'utf8')).toBe((await called('list', '--json')).stdout)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveProperty('targets')
    expect(readdirSync(folder), 'no half a file is left beside it').toEqual(['list.json'])
  })

  it('takes the place of a file that is there', async () => {
    const file = join(folder, 'list.json')
    await called('list', '--json-file', file)
    await called('list', '--scenario', 'predict', '--json-file', file)
    expect(JSON.parse(readFileSync(file, 'utf8')).scenarios).toHaveLength(1)
  })

  it.each([
    { because: 'its folder is not there', path: 'nowhere/list.json', says: 'There is no folder' },
    { because: 'it is a folder', path: '.', says: 'There is a folder with that name.' },
  ])('is refused before anything is done where $because', async ({ path, says }) => {
    await expect(called('list', '--json-file', join(folder, path))).rejects.toThrow(says)
  })

  it('is there wherever --json is', () => {
    const { commands } = createProgram({} as Parameters<typeof createProgram>[0])
    const all = commands.flatMap((command) => [command, ...command.commands])
    const having = (option: string) =>
      all.filter(({ options }) => options.some(({ long }) => long === option)).map((command) => command.name())
    expect(having('--json-file')).toEqual(having('--json'))
    expect(having('--json')).toContain('matrix')
  })
})

describe('npm', () => {
  const npm = (...args: string[]) => execa('npm', args, { cwd: checkout, stdin: 'ignore', reject: false })

  it('that is silent leaves standard output to the JSON', { timeout: 180_000 }, async () => {
    const { stdout, stderr } = await npm('run', '--silent', 'list', '--', '--json')
    expect(JSON.parse(stdout)).toHaveProperty('targets')
    expect(stderr).not.toContain('npm wrote')
  })

  it('that is not writes before it, which is told, and never into a file', { timeout: 180_000 }, async () => {
    const file = join(folder, 'list.json')
    const [printed, written] = [
      await npm('run', 'list', '--', '--json'),
      await npm('run', 'list', '--', '--json-file', file),
    ]
    expect(printed.stdout).toMatch(/^\s*> /)
    expect(printed.stderr).toContain('Without them: npm run --silent list -- --json, or --json-file FILE')
    expect(written.stderr).not.toContain('npm wrote')
    expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveProperty('targets')
  })

  it.each([
    { env: { npm_command: 'run' }, wrote: true },
    { env: { npm_command: 'run-script' }, wrote: true },
    { env: { npm_command: 'run', npm_config_loglevel: 'silent' }, wrote: false },
    { env: { npm_command: 'exec' }, wrote: false },
    { env: {}, wrote: false },
  ])('wrote before us: $wrote, with $env', ({ env, wrote }) => expect(npmWroteFirst(env)).toBe(wrote))
})
