import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { aborted, BakeoffError } from '@bakeoff/model'
import { findProgram, runCommand } from './command.js'
import { type DaemonSettings, liveDaemon, startDaemon, usualDaemon, waitUntilAnswers } from './daemon.js'
import { planSetup } from './setup-plan.js'

export interface SetupOptions {
  /** prints one line for the user */
  readonly say: (line: string) => void
  /** asks at a terminal (default yes); null without one: go on and say so */
  readonly ask: null | ((question: string) => Promise<boolean>)
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal | undefined
  /** the folder of Bakeoff's pid file, log and scratch folders */
  readonly stateFolder?: string
  /** the daemon to start instead of the usual one */
  readonly daemon?: Partial<DaemonSettings>
}

export const defaultStateFolder = '/var/lib/bakeoff'

/**
 * Gets an engine running where none answers: installs Debian's docker.io where it is missing, then starts it with
 * systemd or, where there is no systemd, as a detached process. A daemon that is already running is waited for and
 * never changed, no matter what started it.
 *
 * @throws BakeoffError NO_ENGINE when Bakeoff does not set up an engine on such a machine, or the user says no;
 *   SETUP_FAILED with the last lines of the step that failed
 */
export async function setUpEngine(options: SetupOptions): Promise<void> {
  const plan = planSetup({
    platform: process.platform,
    root: process.getuid?.() === 0,
    apt: findProgram('apt-get', options.env) !== null,
    dockerd: findProgram('dockerd', options.env) !== null,
    systemd: existsSync('/run/systemd/system'),
    unit: ['/lib', '/usr/lib', '/etc'].some((folder) => existsSync(`${folder}/systemd/system/docker.service`)),
    refused: options.env.BAKEOFF_NO_SETUP === '1',
  })
  if (options.ask && !(await options.ask(`No container engine answers. Shall I ${plan.summary}?`))) {
    throw new BakeoffError('NO_ENGINE', 'there is no container engine, and none was to be set up', {
      hint: 'Start or install an engine yourself, or answer yes next time.',
    })
  }
  if (!options.ask) options.say(`No container engine answers: I ${plan.summary}`)
  if (plan.install) await installPackages(['docker.io', 'iptables'], options)
  if (plan.start === 'systemd') await startUnit(options)
  else await startDetached(options)
}

/**
 * Installs packages with apt. Another apt (a fresh machine updates itself) is waited for, and an installation that
 * was interrupted is completed first.
 *
 * @throws BakeoffError SETUP_FAILED with apt's last lines
 */
export async function installPackages(
  packages: readonly string[],
  options: Pick<SetupOptions, 'say' | 'signal'>,
): Promise<void> {
  options.say(`Installing ${packages.join(', ')} with apt`)
  await patiently(options, () => runCommand('apt-get', ['update'], { signal: options.signal }))
  // Not abortable and not in the terminal's foreground: dpkg stopped half-way leaves a machine to repair.
  const install = ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', ...packages]
  await patiently(options, () =>
    runCommand('apt-get', install, { detached: true, env: { DEBIAN_FRONTEND: 'noninteractive' } }),
  )
  if (options.signal?.aborted) throw aborted('after the installation')
}

/** Tries again for up to two minutes while another apt holds the lock, and once after an interrupted installation. */
async function patiently(options: Pick<SetupOptions, 'say' | 'signal'>, attempt: () => Promise<string>): Promise<void> {
  const until = performance.now() + 120_000
  let repaired = false
  for (;;) {
    try {
      await attempt()
      return
    } catch (error) {
      if (!(error instanceof BakeoffError) || error.code !== 'SETUP_FAILED') throw error
      const output = error.logTail.join('\n')
      if (/dpkg --configure -a/.test(output) && !repaired) {
        repaired = true
        await runCommand('dpkg', ['--configure', '-a'], { detached: true, env: { DEBIAN_FRONTEND: 'noninteractive' } })
      } else if (/Could not get lock|is another process using it/.test(output) && performance.now() < until) {
        options.say('Another apt is at work: waiting for it')
        if (options.signal?.aborted) throw aborted('while waiting for another apt')
        await sleep(3000)
      } else {
        throw error
      }
    }
  }
}

async function startUnit(options: SetupOptions): Promise<void> {
  options.say('Starting docker.service')
  await runCommand('systemctl', ['start', 'docker.service'], { signal: options.signal }).catch((error: unknown) => {
    if (!(error instanceof BakeoffError) || error.code !== 'SETUP_FAILED') throw error
    throw new BakeoffError('SETUP_FAILED', 'systemd could not start docker.service', {
      hint: 'See why: journalctl -u docker.service -n 50',
      logTail: error.logTail,
      cause: error,
    })
  })
  await waitUntilAnswers(
    { socket: '/var/run/docker.sock', logFile: 'journalctl -u docker.service' },
    () => null,
    options.signal,
  )
}

async function startDetached(options: SetupOptions): Promise<void> {
  const program = findProgram('dockerd', options.env)
  if (program === null)
    throw new BakeoffError('SETUP_FAILED', 'the package docker.io brought no dockerd', {
      hint: 'Install Docker Engine yourself.',
    })
  const settings = { ...usualDaemon(program, options.stateFolder ?? defaultStateFolder), ...options.daemon }
  const running = liveDaemon(settings)
  if (running !== null) {
    // Another process is starting it, or the package's own script did.
    options.say(`dockerd is already running (process ${running}): waiting until it answers`)
    await waitUntilAnswers(settings, () => null, options.signal).catch((error: unknown) => {
      if (!(error instanceof BakeoffError) || error.code !== 'SETUP_FAILED') throw error
      throw new BakeoffError(
        'SETUP_FAILED',
        `dockerd is running (process ${running}) and does not answer at ${settings.socket}`,
        {
          hint: `Bakeoff does not stop it. If it is stuck, end it yourself (kill ${running}) and run this again.`,
          cause: error,
        },
      )
    })
    return
  }
  options.say(`Starting dockerd (log: ${settings.logFile})`)
  await startDaemon(settings, options.env, options.signal)
}
