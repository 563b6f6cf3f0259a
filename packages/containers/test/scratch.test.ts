import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { makeScratch, removeScratch, sweepScratch } from '../src/base/scratch.js'
import { thisOwner } from '../src/locks/owner.js'

let parent: string
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'bakeoff-scratch-'))
})
afterEach(() => rmSync(parent, { recursive: true, force: true }))

async function left(name: string, owner: object | null, daysAgo = 0): Promise<string> {
  const scratch = join(parent, name)
  mkdirSync(join(scratch, 'root'), { recursive: true })
  if (owner !== null)
    writeFileSync(join(scratch, 'owner.json'), JSON.stringify({ ...(await thisOwner('x')), ...owner }))
  const then = new Date(Date.now() - daysAgo * 24 * 60 * 60_000)
  utimesSync(scratch, then, then)
  return scratch
}

it('what killed starts left is removed, and nothing else', async () => {
  await left('debian-dead01', { started: '1' })
  await left('debian-reboot', { boot: 'before' })
  await left('debian-old001', null, 2)
  await left('debian-alive1', {})
  await left('debian-fresh1', null)
  await left('debian-there1', { pidNamespace: 'pid:[1]' })
  await left('debian-there2', { pidNamespace: 'pid:[1]' }, 2)
  await left('dockerd', null, 2)
  const said: string[] = []
  await sweepScratch(parent, (line) => said.push(line))
  expect(readdirSync(parent).sort()).toEqual(['debian-alive1', 'debian-fresh1', 'debian-there1', 'dockerd'])
  expect(said).toHaveLength(4)
})

it.skipIf(process.platform !== 'linux')('what a debootstrap still works in is left to the next start', async () => {
  const scratch = await left('debian-dead01', { started: '1' })
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)', join(scratch, 'root')], {
    stdio: 'ignore',
  })
  await once(child, 'spawn')
  await sweepScratch(parent, () => {})
  expect(readdirSync(parent)).toEqual(['debian-dead01'])
  child.kill()
  await once(child, 'exit')
  await sweepScratch(parent, () => {})
  expect(readdirSync(parent)).toEqual([])
})

it('a folder that is in use is not swept, and goes when its user is done', async () => {
  const scratch = await makeScratch(join(parent, 'state'))
  await sweepScratch(join(parent, 'state'), () => {})
  expect(readdirSync(join(parent, 'state'))).toHaveLength(1)
  await removeScratch(scratch)
  expect(readdirSync(join(parent, 'state'))).toEqual([])
})

it('a machine on which none was ever made has nothing to sweep', () => sweepScratch(join(parent, 'none'), () => {}))
