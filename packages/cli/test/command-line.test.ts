/** The command line as a user types it: what it prints and how it ends, where no engine is needed. */

import { existsSync, readFileSync } from 'node:fs'
import { BakeoffError, errorCodes } from '@bakeoff/model'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { asCalled, calledAs, commandLine } from '../src/called-as.js'
import { exitCodeOf } from '../src/exit.js'
import { runIdAt } from '../src/planning.js'

const root = new URL('../../..', import.meta.url).pathname
const run = (args: string[], env: Record<string, string> = {}) =>
  execa('node', ['scripts/bootstrap.mjs', ...args], { cwd: root, env, reject: false })

describe('the command line', () => {
  it('lists targets as text and as JSON', { timeout: 180_000 }, async () => {
    expect((await run(['list'])).stdout).toContain('go-net-http')
    expect(JSON.parse((await run(['list', '--json'])).stdout)).toMatchObject({
      targets: expect.arrayContaining([expect.objectContaining({ name: 'go-net-http' })]),
    })
  })

  it.each([
    {
      because: 'npm swallowed the option',
      args: ['matrix'],
      env: { npm_config_quick: 'true', npm_lifecycle_event: 'matrix' },
      says: 'npm run matrix -- --quick',
    },
    {
      because: 'npm swallowed the option and left its value',
      args: ['matrix', 'predict'],
      env: { npm_config_scenario: 'true', npm_lifecycle_event: 'matrix' },
      says: 'npm run matrix -- --scenario predict',
    },
    {
      because: 'npm exec swallowed the option',
      args: ['clean'],
      env: { npm_config_images: 'true', npm_lifecycle_event: 'npx' },
      says: 'npx bakeoff clean --images',
    },
    { because: 'the command does not exist', args: ['matrx'], env: {}, says: 'unknown command' },
    { because: 'an option does not exist', args: ['list', '--jsn'], env: {}, says: '--json' },
    {
      because: 'a number is none',
      args: ['plan', '--repetitions', 'many'],
      env: {},
      says: 'Write a whole number, 1 or more.',
    },
    { because: 'a run does not exist', args: ['report', 'nowhere'], env: {}, says: 'there is no run nowhere' },
    {
      because: 'a folder has no Dockerfile',
      args: ['images', 'below', '/nonexistent'],
      env: {},
      says: 'there is no Dockerfile in /nonexistent',
    },
    {
      because: 'the project is none',
      args: ['list'],
      env: { BAKEOFF_ROOT: '/nonexistent' },
      says: 'matrix.yaml is missing in /nonexistent',
    },
  ])('ends with 2 and says what to do when $because', async ({ args, env, says }) => {
    const { exitCode, stderr } = await run(args, env)
    expect(stderr).toContain(says)
    expect(exitCode).toBe(2)
  })

  it.skipIf(!existsSync('/dev/full'))(
    'ends with 3 when its result cannot be written',
    { timeout: 180_000 },
    async () => {
      const { exitCode, stderr } = await execa('/bin/sh', ['-c', 'node scripts/bootstrap.mjs list > /dev/full'], {
        cwd: root,
        reject: false,
      })
      expect(stderr).toContain('stdout cannot be written (ENOSPC)')
      expect(exitCode).toBe(3)
    },
  )

  it('ends with 141 when nobody reads its result', { timeout: 180_000 }, async () => {
    const pipe = 'set -o pipefail; node scripts/bootstrap.mjs list | true'
    const { exitCode, stderr } = await execa('/bin/bash', ['-c', pipe], { cwd: root, reject: false })
    expect(stderr).toContain('stdout has no reader any more (EPIPE)')
    expect(exitCode).toBe(141)
  })

  it('does not set up an engine when it is told not to, and says what to do', async () => {
    const { exitCode, stderr } = await run(['plan'], { DOCKER_HOST: 'unix:///nonexistent/docker.sock' })
    expect(stderr).toContain('/nonexistent/docker.sock')
    expect(exitCode).toBe(3)
  })
})

describe('exit codes', () => {
  it.each([
    ['BAD_SPEC', 2],
    ['NO_ENGINE', 3],
    ['ENGINE_LOST', 3],
    ['AGENT_FAILED', 3],
    ['DOWNLOAD_FAILED', 3],
    ['ENGINE_HELD', 75],
    ['ABORTED', 130],
    ['BUILD_FAILED', 1],
  ] as const)('%s is %i', (code, expected) => expect(exitCodeOf(new BakeoffError(code, 'x'))).toBe(expected))

  it('every error has one', () => {
    for (const code of errorCodes) expect(exitCodeOf(new BakeoffError(code, 'x'))).toBeGreaterThan(0)
  })
})

describe('what a run is called', () => {
  it('sorts by time', () => expect(runIdAt(new Date('2026-11-25T13:05:02.123Z'))).toBe('20261125-130502'))
  it.each([
    { argv: ['node', '/x/packages/cli/dist/main.js'], words: ['list'], typed: 'npm run list' },
    { argv: ['node', 'npm run'], words: ['matrix', '--quick'], typed: 'npm run matrix -- --quick' },
    { argv: ['node', 'npx bakeoff'], words: ['matrix', '--quick'], typed: 'npx bakeoff matrix --quick' },
    { argv: ['node', 'npx bakeoff-matrix'], words: ['list'], typed: 'npx bakeoff-matrix list' },
    { argv: ['node', 'bakeoff'], words: ['images', 'save', 'x.tar'], typed: 'bakeoff images save x.tar' },
  ])('remembers the command as it was typed: $typed', ({ argv, words, typed }) =>
    expect(commandLine(words, calledAs(argv))).toBe(typed),
  )
  it.each([
    { says: 'Look at it: npm run check -- go-chi --keep', told: 'Look at it: npx bakeoff check go-chi --keep' },
    { says: '`npm run new-target`, or npm run list.', told: '`npx bakeoff new-target`, or npx bakeoff list.' },
    { says: 'npm run matrix -- --resume X', told: 'npx bakeoff matrix --resume X' },
    { says: 'Build first, with `npm run build`', told: 'Build first, with `npm run build`' },
  ])('is told as it was called: $told', ({ says, told }) => {
    expect(asCalled(says, 'npx bakeoff')).toBe(told)
    expect(asCalled(says, 'npm run')).toBe(says)
  })
  it('is told so of every command that there is, and of no other script', () => {
    const { scripts } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))
    for (const [name, script] of Object.entries<string>(scripts)) {
      const isOurs = /^node scripts\/bootstrap\.mjs [a-z]/.test(script)
      expect(asCalled(`npm run ${name}`, 'bakeoff')).toBe(isOurs ? `bakeoff ${name}` : `npm run ${name}`)
    }
  })
})
