import { describe, expect, it } from 'vitest'
import { planSetup, type SetupSituation } from '../src/engine/setup-plan.js'
import { setUpEngine } from '../src/index.js'

/** A fresh virtual machine: Debian, root, systemd, nothing installed. */
const fresh: SetupSituation = {
  platform: 'linux',
  root: true,
  apt: true,
  dockerd: false,
  systemd: true,
  unit: false,
  refused: false,
}

describe('setting up an engine', () => {
  it.each([
    { because: 'a fresh virtual machine', situation: {}, plan: { install: true, start: 'systemd' } },
    {
      because: 'a CI container without systemd',
      situation: { systemd: false },
      plan: { install: true, start: 'detached' },
    },
    {
      because: 'Docker is installed and stopped',
      situation: { dockerd: true, unit: true },
      plan: { install: false, start: 'systemd' },
    },
    {
      because: 'dockerd was killed where nothing starts it again',
      situation: { dockerd: true, systemd: false },
      plan: { install: false, start: 'detached' },
    },
    {
      because: 'a dockerd that systemd does not know',
      situation: { dockerd: true },
      plan: { install: false, start: 'detached' },
    },
    {
      because: 'dockerd from elsewhere, no apt',
      situation: { dockerd: true, apt: false, systemd: false },
      plan: { install: false, start: 'detached' },
    },
  ])('knows how for: $because', ({ situation, plan }) =>
    expect(planSetup({ ...fresh, ...situation })).toMatchObject(plan),
  )

  it.each([
    { because: 'it is forbidden', situation: { refused: true }, hint: 'sudo apt-get install' },
    {
      because: 'the user is not root',
      situation: { root: false },
      hint: 'sudo apt-get install --no-install-recommends docker.io iptables',
    },
    {
      because: 'the user is not root and Docker is stopped',
      situation: { root: false, dockerd: true },
      hint: 'sudo systemctl start docker',
    },
    { because: 'there is no apt', situation: { apt: false }, hint: "your distribution's packages" },
    { because: 'it is macOS', situation: { platform: 'darwin' as const }, hint: 'colima start' },
    { because: 'it is Windows', situation: { platform: 'win32' as const }, hint: 'WSL 2' },
  ])('leaves it to the user, and says what to do, when $because', ({ situation, hint }) => {
    expect(() => planSetup({ ...fresh, ...situation })).toThrow(
      expect.objectContaining({ code: 'NO_ENGINE', hint: expect.stringContaining(hint) }),
    )
  })

  it('does nothing when BAKEOFF_NO_SETUP is 1', async () => {
    const said: string[] = []
    const refused = setUpEngine({
      say: (line) => said.push(line),
      ask: null,
      env: { ...process.env, BAKEOFF_NO_SETUP: '1' },
    })
    await expect(refused).rejects.toMatchObject({
      code: 'NO_ENGINE',
      message: expect.stringContaining('BAKEOFF_NO_SETUP=1 forbids'),
    })
    expect(said).toEqual([])
  })
})
