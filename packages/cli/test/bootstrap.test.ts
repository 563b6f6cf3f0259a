/** What every npm script and `npx bakeoff` do first, in a checkout whose npm and compiler only note that they were called. */
import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const checkout = new URL('../../..', import.meta.url).pathname

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bakeoff-bootstrap-'))
  for (const part of ['scripts', 'packages/cli/bin'])
    cpSync(join(checkout, part), join(root, part), { recursive: true })
  for (const name of ['package.json', 'package-lock.json', 'turbo.json', 'tsconfig.base.json']) {
    writeFileSync(join(root, name), '{"type":"module"}')
  }
  mkdirSync(join(root, 'packages/cli/src'), { recursive: true })
  writeFileSync(join(root, 'packages/cli/package.json'), '{"type":"module"}')
  program('bin/npm', 'sleep 1; mkdir -p node_modules/.bin; cp bin/turbo node_modules/.bin/turbo')
  program('bin/turbo', 'mkdir -p packages/cli/dist; echo "console.log(\'ran\')" > packages/cli/dist/main.js')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

/** A program that notes its name and arguments in `calls`, at its begin and at its end. */
function program(path: string, does: string): void {
  const name = path.replace(/.*\//, '')
  mkdirSync(join(root, 'bin'), { recursive: true })
  writeFileSync(join(root, path), `#!/bin/sh\necho "${name} $*" >> calls\n${does}\necho "${name} ended" >> calls\n`)
  chmodSync(join(root, path), 0o755)
}

const calls = () => readFileSync(join(root, 'calls'), 'utf8').trim().split('\n')
const environment = () => ({ ...process.env, PATH: `${join(root, 'bin')}${delimiter}${process.env.PATH}` })
const start = () => execa('node', ['scripts/bootstrap.mjs', 'list'], { cwd: root, env: environment(), reject: false })
const lock = () => join(root, '.bakeoff/bootstrap.lock')

describe.skipIf(process.platform === 'win32')('a first start', () => {
  it('installs and builds once, also when several come at once, and those that wait say for whom', async () => {
    const starts = await Promise.all([start(), start(), start(), start()])
    expect(starts.map(({ exitCode, stdout }) => [exitCode, stdout])).toEqual(Array(4).fill([0, 'ran']))
    expect(calls().filter((call) => !call.startsWith('turbo run'))).toEqual([
      'npm ci --include=dev --ignore-scripts --no-audit --no-fund',
      'npm ended',
      'turbo ended',
    ])
    expect(
      starts.filter(({ stderr }) => /^Process \d+ installs or builds here since .*: waiting/m.test(stderr)),
    ).toHaveLength(3)
    expect(readdirSync(join(root, '.bakeoff')), 'the lock is given back').toEqual([])
  })

  it('takes over from one that was killed', async () => {
    const killed = spawn('node', ['scripts/bootstrap.mjs', 'list'], {
      cwd: root,
      env: environment(),
      detached: true,
      stdio: 'ignore',
    })
    while (!existsSync(join(root, 'calls'))) await new Promise((resolve) => setTimeout(resolve, 20))
    process.kill(-(killed.pid as number), 'SIGKILL')
    await new Promise((resolve) => killed.on('exit', resolve))
    expect(existsSync(lock())).toBe(true)
    const { stdout, stderr } = await start()
    expect(stdout).toBe('ran')
    expect(stderr).not.toContain('waiting')
  })

  it.each([
    { because: 'no start wrote it', text: 'null' },
    {
      because: 'its machine was restarted',
      text: JSON.stringify({ pid: process.pid, since: '2026-01-01T00:00:00Z', boot: 'before' }),
    },
  ])('is held up by no lock when $because', async ({ text }) => {
    mkdirSync(join(root, '.bakeoff'))
    writeFileSync(lock(), text)
    expect((await start()).stdout).toBe('ran')
  })

  it('gives the lock back when it fails', async () => {
    program('bin/npm', 'exit 1')
    const { exitCode, stderr } = await start()
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('npm ci')])
    expect(existsSync(lock())).toBe(false)
  })

  it.each([
    { because: 'by its bin', lifecycle: '', says: 'bakeoff list --json' },
    { because: 'by npx', lifecycle: 'npx', says: 'npx bakeoff list --json' },
    {
      because: 'by npx, which fetched it',
      lifecycle: 'npx',
      from: '_npx/1a2b/node_modules/.bin',
      says: 'npx bakeoff-matrix list --json',
    },
    { because: 'by its bin in a script of a user', lifecycle: 'bench', says: 'bakeoff list --json' },
  ])(
    'sets up as much when the program is called $because, and tells it so',
    async ({ lifecycle, from = 'bin', says }) => {
      program('bin/turbo', 'mkdir -p packages/cli/dist; cp bin/main.js packages/cli/dist/main.js')
      writeFileSync(join(root, 'bin/main.js'), "console.log(process.argv.slice(1).join(' '))")
      mkdirSync(join(root, from), { recursive: true })
      symlinkSync(join(root, 'packages/cli/bin/bakeoff.mjs'), join(root, from, 'bakeoff')) // as npm links it
      const { PATH } = environment()
      const env = { ...process.env, PATH: `${join(root, from)}${delimiter}${PATH}`, npm_lifecycle_event: lifecycle }
      const { stdout } = await execa('bakeoff', ['list', '--json'], { cwd: tmpdir(), env, reject: false })
      expect(stdout).toBe(says)
      expect(calls().filter((call) => call.endsWith(' ended'))).toEqual(['npm ended', 'turbo ended'])
    },
  )
})

describe('packages', () => {
  const read = (file: string) => JSON.parse(readFileSync(join(checkout, file), 'utf8'))

  it('have one bin, which npx finds in a clone before and after npm ci', () => {
    const [clone, cli] = [read('package.json').bin, read('packages/cli/package.json').bin]
    expect(clone).toEqual({ bakeoff: `packages/cli/${cli.bakeoff}` })
    const { packages } = read('package-lock.json')
    expect([packages[''].bin, packages['packages/cli'].bin]).toEqual([clone, cli])
    expect(
      statSync(join(checkout, clone.bakeoff)).mode & 0o111,
      'npm would make it executable, and git see a change',
    ).toBe(0o111)
  })

  it('run no scripts of their own when somebody types npm ci', () => {
    const said = execFileSync('npm', ['config', 'get', 'ignore-scripts'], { cwd: checkout, encoding: 'utf8' })
    expect(said.trim()).toBe('true')
  })

  it('that would like to are known, and none is allowed to', () => {
    const wanting = Object.entries(read('package-lock.json').packages as Record<string, { hasInstallScript?: true }>)
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.replace(/.*node_modules\//, ''))
    const { allowScripts } = read('package.json') as { allowScripts: Record<string, boolean> }
    for (const name of wanting) expect(allowScripts).toHaveProperty(name, false)
  })
})
