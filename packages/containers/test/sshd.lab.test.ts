import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sshd, startSshd, whyNoLab } from './lab/sshd.js'

let sshd: Sshd

describe.skipIf(whyNoLab() !== null)("a test's ssh server", () => {
  beforeAll(async () => {
    sshd = await startSshd()
  })
  afterAll(() => sshd?.close())

  it.each([
    { form: 'a name of the configuration', destination: () => [sshd.alias] },
    { form: 'address and port', destination: () => ['-p', String(sshd.port), `${sshd.user}@${sshd.address}`] },
  ])('is reached by $form', ({ destination }) => {
    expect(ssh(destination())).toEqual({ status: 0, out: 'ready\n', why: '' })
  })

  it('can be a host that the client does not know, or knows with another key', () => {
    sshd.know('no host')
    expect(ssh([sshd.alias]).why).toContain('Host key verification failed')
    sshd.know('another key')
    expect(ssh([sshd.alias]).why).toContain('REMOTE HOST IDENTIFICATION HAS CHANGED')
    sshd.know('the host')
    expect(ssh([sshd.alias]).status).toBe(0)
  })

  it('can refuse the key', () => {
    sshd.admit(false)
    expect(ssh([sshd.alias]).why).toContain('Permission denied (publickey)')
    sshd.admit(true)
    expect(ssh([sshd.alias]).status).toBe(0)
  })

  it('can stop and come back at its port', async () => {
    await sshd.stop()
    expect(ssh([sshd.alias]).why).toContain('Connection refused')
    await sshd.start()
    expect(ssh([sshd.alias]).status).toBe(0)
  })

  it('can refuse to forward', async () => {
    await using strict = await startSshd({ name: 'strict', forwarding: false })
    const forward = ['-o', 'ExitOnForwardFailure=yes', '-R', '/tmp/never.sock:/tmp/nothing.sock']
    expect(ssh([...forward, strict.alias], strict).status).toBe(255)
  })
})

function ssh(args: readonly string[], { binFolder } = sshd) {
  const { status, stdout, stderr } = spawnSync(
    'ssh',
    ['-T', '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes', ...args, 'echo ready'],
    { env: { ...process.env, PATH: `${binFolder}:${process.env.PATH}` }, encoding: 'utf8', timeout: 20_000 },
  )
  return { status, out: stdout, why: stderr }
}
