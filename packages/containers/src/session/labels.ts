import type { Owner } from '@bakeoff/model'

/** On every container, network and volume that a session makes. */
export const PROJECT = 'bakeoff.project=bakeoff'

/** The name of every probe: an engine gives a name once, which makes it the lease of the engine. */
export const LEASE = 'bakeoff-lease'

export function labelsOf(owner: Owner): Record<string, string> {
  return {
    'bakeoff.project': 'bakeoff',
    'bakeoff.session': owner.session,
    'bakeoff.pid': String(owner.pid),
    'bakeoff.started': owner.started,
    'bakeoff.boot': owner.boot,
    'bakeoff.pid-namespace': owner.pidNamespace,
    'bakeoff.machine': owner.machine,
    'bakeoff.host': owner.host,
  }
}

/** The filter that lists what one session made. */
export function ofSession(session: string): string {
  return `bakeoff.session=${session}`
}

/** Null for a thing that no session made. Images have the project label too, and pass it on to containers made by hand. */
export function ownerIn(labels: Readonly<Record<string, string>> | undefined): Owner | null {
  const session = labels?.['bakeoff.session']
  if (labels === undefined || session === undefined) return null
  return {
    session,
    pid: Number(labels['bakeoff.pid']),
    started: labels['bakeoff.started'] ?? '',
    boot: labels['bakeoff.boot'] ?? '',
    pidNamespace: labels['bakeoff.pid-namespace'] ?? '',
    machine: labels['bakeoff.machine'] ?? '',
    host: labels['bakeoff.host'] ?? '',
  }
}
