import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findProject, type Project, readCatalogue } from '../src/project.js'

const shipped = new URL('../../..', import.meta.url).pathname
let outside: string
let project: Project

beforeEach(() => {
  const root = mkdtempSync(join(tmpdir(), 'bakeoff-links-'))
  outside = mkdtempSync(join(tmpdir(), 'bakeoff-elsewhere-'))
  for (const part of [
    'compose/predict',
    'compose/predict.yaml',
    'compose/predict-uncapped.yaml',
    'targets/go-net-http',
    'claims',
    'matrix.yaml',
  ])
    cpSync(join(shipped, part), join(root, part), { recursive: true })
  rmSync(join(root, 'claims'), { recursive: true })
  const matrix = join(root, 'matrix.yaml')
  writeFileSync(matrix, readFileSync(matrix, 'utf8').replace(/^order:.*$/m, '')) // names scenarios that are not here
  project = findProject({ BAKEOFF_ROOT: root })
})
afterEach(() => {
  for (const folder of [project.root, outside]) rmSync(folder, { recursive: true })
})

const problem = (): string => {
  try {
    return readCatalogue(project)
      .broken.map(({ message }) => message)
      .join('\n')
  } catch (error) {
    expect(error).toMatchObject({ code: 'BAD_SPEC' })
    return (error as Error).message
  }
}

describe('what of a project is a link out of it is read by no command', () => {
  it.each([
    'matrix.yaml',
    'targets/go-net-http',
    'targets/go-net-http/target.yaml',
    'targets/go-net-http/Dockerfile',
    'compose/predict.yaml',
    'compose/predict/requests.ndjson',
    'compose/predict/golden.ndjson',
    'compose/predict/contract.ndjson',
  ])('%s', (path) => {
    expect(problem(), 'it is fine as it is').toBe('')
    const elsewhere = join(outside, 'secret')
    renameSync(join(project.root, path), elsewhere)
    symlinkSync(elsewhere, join(project.root, path))
    expect(problem()).toContain(`leads out of ${project.root}`)
    expect(problem()).toContain(path)
  })

  it('not even when it has no end', () => {
    const path = join(project.root, 'targets/go-net-http/target.yaml')
    rmSync(path)
    symlinkSync('/dev/zero', path)
    expect(problem()).toContain('targets/go-net-http/target.yaml leads out of')
  })

  it('nor by a path in a scenario', () => {
    writeFileSync(join(outside, 'secret'), '{}\n')
    const file = join(project.root, 'compose/predict.yaml')
    const elsewhere = `../../${basename(outside)}/secret`
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(/\.\/predict\/requests\.ndjson|predict\/requests\.ndjson/, elsewhere),
    )
    expect(problem()).toContain('leads out of')
  })

  it('a link within the project is one file in two places', () => {
    const path = join(project.root, 'targets/go-net-http/Dockerfile')
    renameSync(path, join(project.root, 'shared.Dockerfile'))
    symlinkSync('../../shared.Dockerfile', path)
    expect(problem()).toBe('')
  })
})
