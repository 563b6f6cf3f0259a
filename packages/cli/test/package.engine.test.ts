/**
 * The npm package as a stranger has it: packed, installed by npm into somebody's repository, with a project in a folder of that.
 * Nothing of the checkout is read any more once it is packed.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { plan } from '@bakeoff/model'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildProgram } from './helpers/command.js'
import { checkout } from './helpers/project.js'

let repository: string
const project = () => join(repository, 'bakeoff')

/** A command of the installed program, in a folder of the repository. */
const bakeoff = (folder: string, ...args: string[]) =>
  execa(join(repository, 'node_modules/.bin/bakeoff'), args, {
    cwd: join(repository, folder),
    env: { BAKEOFF_LOCK_FOLDER: join(repository, 'locks') },
    stdin: 'ignore',
    reject: false,
  })

beforeAll(async () => {
  await buildProgram()
  repository = mkdtempSync(join(tmpdir(), 'bakeoff-installed-'))
  const packed = await execa(process.execPath, [join(checkout, 'scripts/pack.mjs'), repository])
  writeFileSync(join(repository, 'package.json'), '{"name":"somebodys-service","private":true}')
  mkdirSync(join(repository, 'services/orders'), { recursive: true })
  await execa('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--save-dev', packed.stdout.trim()], {
    cwd: repository,
  })
  mkdirSync(join(project(), 'compose'), { recursive: true })
  writeFileSync(join(project(), 'matrix.yaml'), 'profiles: {}\n')
  for (const part of ['compose/predict', 'compose/predict.yaml', 'targets/go-net-http'])
    cpSync(join(checkout, part), join(project(), part), { recursive: true })
  // Its second variant is for a scenario that is not here.
  writeFileSync(join(project(), 'targets/go-net-http/target.yaml'), TARGET)
}, 600_000)
afterAll(() => rmSync(repository, { recursive: true, force: true }))

const TARGET = `language: go
stack: [net/http]
summary: Go's standard HTTP server
scenarios: [predict]
`

it('has one command, which says its version', async () => {
  expect(readdirSync(join(repository, 'node_modules/.bin')).filter((name) => name === 'bakeoff')).toEqual(['bakeoff'])
  expect(await bakeoff('.', '--version')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+$/),
  })
})

it.each(['.', 'services/orders', 'bakeoff/targets/go-net-http'])(
  'finds the project from %s upwards, with profiles as they are shipped',
  async (folder) => {
    const planned = await bakeoff(folder, 'plan', '--quick', '--json')
    expect(planned.exitCode, planned.stderr).toBe(0)
    const { entries, rules } = plan.parse(JSON.parse(planned.stdout))
    expect(entries.map(({ id }) => id)).toEqual(['predict/go-net-http/default'])
    expect(rules.windowMs).toBe(2000)
  },
)

it('measures, on the base image and by the load agent and null server that it brings along', {
  timeout: 900_000,
}, async () => {
  const measured = await bakeoff('services/orders', 'matrix', '--quick')
  expect(measured.exitCode, measured.stderr).toBe(0)
  const [run] = readdirSync(join(project(), 'reports')).filter((name) => /^\d{8}-/.test(name))
  expect(existsSync(join(project(), 'reports', run as string, 'index.html'))).toBe(true)
})

it('begins a project in another repository, which every command then finds', async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'bakeoff-begun-'))
  const typed = (folder: string, ...args: string[]) =>
    execa(join(repository, 'node_modules/.bin/bakeoff'), args, { cwd: join(elsewhere, folder), reject: false })
  try {
    mkdirSync(join(elsewhere, 'services/orders'), { recursive: true })
    writeFileSync(join(elsewhere, 'services/orders/package.json'), '{"name":"orders","dependencies":{"fastify":"5"}}')
    const begun = await typed('.', 'init')
    expect(begun.exitCode, begun.stderr).toBe(0)
    expect(begun.stdout).toMatch(/: (?:npx )?bakeoff check orders$/m)
    expect((await typed('services/orders', 'list', '--json')).stdout).toContain('"orders"')
    expect((await typed('.', 'init')).exitCode).toBe(2)
  } finally {
    rmSync(elsewhere, { recursive: true })
  }
})

it('says what to do where there is no project', async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'bakeoff-nowhere-'))
  try {
    const planned = await execa(join(repository, 'node_modules/.bin/bakeoff'), ['plan'], {
      cwd: elsewhere,
      reject: false,
    })
    expect(planned.exitCode).toBe(2)
    expect(planned.stderr).toContain(`matrix.yaml is missing in ${elsewhere}`)
  } finally {
    rmSync(elsewhere, { recursive: true })
  }
})
