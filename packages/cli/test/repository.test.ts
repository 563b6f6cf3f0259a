/** Folders beside a project that its targets are built from. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lookAtBuild, readDockerfileAt, repositoryOf } from '../src/repository.js'

let top: string
let folder: string
const put = (path: string, text: string) => {
  mkdirSync(dirname(join(top, path)), { recursive: true })
  writeFileSync(join(top, path), text)
}
const lookAt = (context: string, dockerfile = 'Dockerfile') =>
  lookAtBuild(folder, { context, dockerfile, stage: null }, repositoryOf(join(top, 'bench')))

beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'bakeoff-repository-')))
  folder = join(top, 'bench/targets/orders')
  mkdirSync(folder, { recursive: true })
  mkdirSync(join(top, '.git'))
  put('services/orders/Dockerfile', 'FROM x\n')
})
afterEach(() => rmSync(top, { recursive: true }))

describe('the repository of a project', () => {
  it('is the nearest folder around it that git knows', () => expect(repositoryOf(join(top, 'bench'))).toBe(top))

  it('is one with a file in the place of the folder, as worktrees have it', () => {
    put('bench/.git', 'gitdir: /elsewhere')
    expect(repositoryOf(join(top, 'bench'))).toBe(join(top, 'bench'))
  })

  it('is the project itself where there is none', () => {
    rmSync(join(top, '.git'), { recursive: true })
    expect(repositoryOf(join(top, 'bench'))).toBe(join(top, 'bench'))
    expect(repositoryOf(join(top, 'bakeoff')), 'as init makes one').toBe(top)
  })
})

describe('a folder that is to be built', () => {
  it('is found beside the project, with its Dockerfile', () =>
    expect(lookAt('../../../services/orders')).toEqual({
      context: join(top, 'services/orders'),
      dockerfile: 'FROM x\n',
    }))

  it('may have no such Dockerfile', () =>
    expect(lookAt('../../../services/orders', 'Dockerfile.prod')).toMatchObject({ dockerfile: null }))

  it.each([
    {
      because: 'it is outside of the repository',
      context: '../../../../elsewhere',
      says: 'leads out of the repository',
    },
    { because: 'there is none', context: '../../../services/nothing', says: 'there is no folder' },
    { because: 'it is a file', context: '../../../services/orders/Dockerfile', says: 'there is no folder' },
    { because: 'it is a link out of the repository', context: '../../../services/linked', says: 'leads out of' },
  ])('is refused where $because', ({ context, says }) => {
    symlinkSync(tmpdir(), join(top, 'services/linked'))
    expect(lookAt(context)).toMatchObject({ why: expect.stringContaining(says), hint: expect.any(String) })
  })

  it('is refused where its Dockerfile leads out of it', () => {
    put('services/Dockerfile', 'FROM x\n')
    expect(lookAt('../../../services/orders', '../Dockerfile')).toMatchObject({
      why: expect.stringContaining('leads out of'),
    })
  })
})

it('reads the Dockerfile that a plan names, relative to the project', () => {
  expect(readDockerfileAt(join(top, 'bench'), '../services/orders/Dockerfile')).toBe('FROM x\n')
  expect(readDockerfileAt(join(top, 'bench'), 'targets/orders/Dockerfile')).toBeNull()
})
