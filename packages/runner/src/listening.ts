import type { RunningContainer } from './ports.js'

/** A TCP port on which a process of a container listens. */
export interface Listening {
  readonly port: number
  /** only on its own loopback address, where no other container reaches it */
  readonly isLocal: boolean
}

/** The resolver of the engine, 127.0.0.11, which listens in every container. */
const RESOLVER = '0B00007F'
/** 127.x.x.x and ::1, in the order of bytes of /proc/net/tcp. */
const LOOPBACK = /7F$|^0{24}01000000$/
const LISTENS = /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) \S+ 0A /

/** The listening sockets in the text of /proc/net/tcp and /proc/net/tcp6, by port. A port that is open to all is not local. */
export function listeningIn(text: string): Listening[] {
  const ports = new Map<number, boolean>()
  for (const line of text.split('\n')) {
    const [, address = '', hex = ''] = LISTENS.exec(line) ?? []
    if (hex === '' || address === RESOLVER) continue
    const port = Number.parseInt(hex, 16)
    ports.set(port, LOOPBACK.test(address) && (ports.get(port) ?? true))
  }
  return [...ports].map(([port, isLocal]) => ({ port, isLocal })).sort((a, b) => a.port - b.port)
}

/** The ports on which a container listens; null where it cannot be asked, such as one without `cat`. */
export async function askListening(container: RunningContainer, signal: AbortSignal): Promise<Listening[] | null> {
  try {
    const { output } = await container.run(['cat', '/proc/net/tcp', '/proc/net/tcp6'], signal)
    return output.includes('local_address') ? listeningIn(output) : null
  } catch {
    return null // it is asked only to explain another failure
  }
}
