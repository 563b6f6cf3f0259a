import { BakeoffError } from '@bakeoff/model'

/** The facts that decide how an engine can be set up here. */
export interface SetupSituation {
  readonly platform: NodeJS.Platform
  readonly root: boolean
  /** whether apt-get is there */
  readonly apt: boolean
  /** whether a dockerd program is there */
  readonly dockerd: boolean
  /** whether systemd runs this machine */
  readonly systemd: boolean
  /** whether systemd knows a docker.service (it may know one after an installation) */
  readonly unit: boolean
  /** BAKEOFF_NO_SETUP=1 */
  readonly refused: boolean
}

export interface SetupPlan {
  readonly install: boolean
  /** how the daemon is started once it is installed */
  readonly start: 'systemd' | 'detached'
  /** for the question at a terminal, and for the line without one */
  readonly summary: string
}

/**
 * The decision how to get a running engine on this machine; it starts nothing.
 *
 * @throws BakeoffError NO_ENGINE where Bakeoff does not set one up; the hint says exactly what to install or start
 */
export function planSetup(situation: SetupSituation): SetupPlan {
  if (situation.refused) {
    throw new BakeoffError('NO_ENGINE', 'there is no container engine, and BAKEOFF_NO_SETUP=1 forbids setting one up', {
      hint: byHand(situation),
    })
  }
  if (situation.platform !== 'linux' || !situation.root || (!situation.dockerd && !situation.apt)) {
    throw new BakeoffError('NO_ENGINE', 'there is no container engine', { hint: byHand(situation) })
  }
  // After an installation by apt a machine with systemd has the unit.
  const start = situation.systemd && (situation.unit || !situation.dockerd) ? 'systemd' : 'detached'
  const how = start === 'systemd' ? "with systemd's docker.service" : 'as a background process'
  return situation.dockerd
    ? { install: false, start, summary: `start the Docker engine that is installed, ${how}` }
    : { install: true, start, summary: `install Debian's docker.io with apt and start it ${how}` }
}

function byHand(situation: SetupSituation): string {
  if (situation.platform === 'darwin')
    return 'Install Docker Desktop, OrbStack or colima (brew install colima docker && colima start), start it, and run this again.'
  if (situation.platform === 'win32') return 'Install Docker Desktop and start it, or run this inside WSL 2.'
  if (situation.dockerd)
    return `Start the engine that is installed: ${situation.systemd ? 'sudo systemctl start docker' : 'sudo dockerd &'}`
  if (situation.apt) {
    return 'Install and start one: sudo apt-get install --no-install-recommends docker.io iptables && sudo usermod -aG docker $USER, then log in again (or run this as root, and it is done for you).'
  }
  return "Install Docker Engine or Podman from your distribution's packages, start it, and run this again."
}
