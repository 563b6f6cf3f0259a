/** What ssh is told. Pure. */
import { BakeoffError } from '@bakeoff/model'
import type { SshTunnel } from '../client/endpoint.js'

/** What the other machine says of the engine's socket, once the forward is there. */
export const SOCKET_STATES = ['ready', 'forbidden', 'missing'] as const
export type SocketState = (typeof SOCKET_STATES)[number]

/** Before a state, on a line of its own: profiles of shells print lines of their own. */
const MARK = 'bakeoff-way'

/**
 * The arguments of the one ssh process of a host. The user's configuration, keys, agent and ProxyJump apply, except for what would ask,
 * would trust a key that is not known, or would outlive this process.
 *
 * @param near path of the socket on this machine
 * @throws BakeoffError BAD_SPEC for a path or a destination that ssh, or a shell there, would read as something else
 */
export function sshArguments(tunnel: SshTunnel, near: string): string[] {
  const { destination, port, socket } = tunnel
  if (!/^\/[\w./@+,-]+$/.test(socket)) {
    throw new BakeoffError('BAD_SPEC', `host ${tunnel.host}: the socket "${socket}" is not a plain absolute path`, {
      hint: "Write the path of the engine's socket on that machine, of letters, digits and ./_-@+, only: `socket: /var/run/docker.sock`",
    })
  }
  if (!/^[^\s-][^\s]*$/.test(destination)) {
    throw new BakeoffError('BAD_SPEC', `host ${tunnel.host}: "${destination}" is not a destination of ssh`, {
      hint: "Write `docker: ssh://user@host`, or a name of ssh's configuration.",
    })
  }
  return [
    '-T',
    ...option('BatchMode', 'yes'), // no question can be answered here
    ...option('StrictHostKeyChecking', 'yes'),
    ...option('ExitOnForwardFailure', 'yes'),
    ...option('ConnectTimeout', '15'),
    ...option('ServerAliveInterval', '5'),
    ...option('ServerAliveCountMax', '3'),
    // A shared connection belongs to another process: the forward would stay when this one ends.
    ...option('ControlMaster', 'no'),
    ...option('ControlPath', 'none'),
    ...option('RemoteCommand', 'none'),
    ...option('PermitLocalCommand', 'no'),
    ...option('ForwardAgent', 'no'),
    ...option('ForwardX11', 'no'),
    ...option('LogLevel', 'INFO'), // QUIET would hide why it failed
    ...(port === null ? [] : ['-p', String(port)]),
    '-L',
    `${near}:${socket}`,
    '--',
    destination,
    remoteCommand(socket),
  ]
}

function option(name: string, value: string): string[] {
  return ['-o', `${name}=${value}`]
}

/**
 * Says how the socket is, then waits for the end of its input, which is the end of this process. ssh would then wait for the connections
 * through the forward, and the engine keeps one whose near side is gone until its container ends; so the session there is ended as well.
 * Single quotes mean the same to every login shell; `$PPID` is sshd's process of this session, since `exec` leaves no shell between.
 */
function remoteCommand(socket: string): string {
  const states = `if test -S ${socket}; then if test -w ${socket}; then echo ${MARK} ready; else echo ${MARK} forbidden; fi; else echo ${MARK} missing; fi`
  return `exec sh -c '${states}; cat; kill $PPID'`
}

/** The state in a line of the remote command; null for any other line. */
export function socketStateIn(line: string): SocketState | null {
  return SOCKET_STATES.find((state) => line.trim() === `${MARK} ${state}`) ?? null
}

/** The command that a user types to try the same: `ssh -p 2222 bench@10.0.0.11`. */
export function sshCommand({ destination, port }: SshTunnel): string {
  return `ssh ${port === null ? '' : `-p ${port} `}${destination}`
}
