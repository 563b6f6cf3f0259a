/** Which folder a command is for. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findProject, needPlaceToAdd, readCatalogue } from '../src/project.js'
import { checkout } from './helpers/project.js'

let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'bakeoff-project-')))
  mkdirSync(join(folder, 'services/orders'), { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function addProject(path: string): string {
  const root = join(folder, path)
  mkdirSync(join(root, 'compose'), { recursive: true })
  writeFileSync(join(root, 'matrix.yaml'), 'profiles: {}\n')
  return root
}
const here = checkout.replace(/\/$/, '')

describe('the project', () => {
  it.each(['.', 'services', 'services/orders'])('is the folder bakeoff above %s', (from) => {
    const root = addProject('bakeoff')
    expect(findProject({}, join(folder, from))).toEqual({ root, home: here, reports: join(root, 'reports') })
  })

  it('is the nearest of several', () => {
    addProject('.')
    const root = addProject('services')
    expect(findProject({}, join(folder, 'services/orders')).root).toBe(root)
  })

  it('is no folder that has another matrix.yaml', () => {
    writeFileSync(join(folder, 'matrix.yaml'), 'include: []\n')
    expect(findProject({}, folder).root).toBe(here)
  })

  it('is the checkout that the program is in, where there is none above, and nothing is added to that from there', () => {
    const project = findProject({}, folder)
    expect(project.root).toBe(here)
    expect(() => needPlaceToAdd(project)).toThrowError(`nothing is added to ${here} from elsewhere`)
    expect(() => needPlaceToAdd(findProject({}, join(here, 'packages')))).not.toThrow()
    expect(() => needPlaceToAdd(findProject({ BAKEOFF_ROOT: here }, folder))).not.toThrow()
  })

  it('is to be there before something is added to it', () =>
    expect(() => needPlaceToAdd({ root: folder })).toThrowError(`matrix.yaml is missing in ${folder}`))

  it('is what BAKEOFF_ROOT names, before all', () => {
    addProject('.')
    const named = { BAKEOFF_ROOT: '/named', BAKEOFF_REPORTS: '/kept' }
    expect(findProject(named, folder)).toEqual({ root: '/named', home: here, reports: '/kept' })
  })
})

it('outside a checkout has the profiles that it does not have itself as they are shipped', () => {
  const root = addProject('.')
  writeFileSync(
    join(root, 'matrix.yaml'),
    'profiles:\n  quick: { budget: 1m, repetitions: { min: 2, max: 2 }, warmUp: { min: 1s, max: 2s }, window: 7s }\n',
  )
  const { profiles } = readCatalogue(findProject({}, root)).matrix
  expect(profiles.quick?.windowMs).toBe(7000)
  expect(profiles.default).toEqual(readCatalogue(findProject({}, here)).matrix.profiles.default)
})
