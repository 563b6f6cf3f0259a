/** What ssh's own words mean, and what to do. Pure: lines of its error output in, an error for the user out. */
import { BakeoffError } from '@bakeoff/model'
import type { SshTunnel } from '../client/endpoint.js'
import { type SocketState, sshCommand } from './ssh-arguments.js'

interface Meaning {
  readonly says: RegExp
  readonly what: string
  readonly hint: (tunnel: SshTunnel, said: string) => string
}

const ALLOW_FORWARDING =
  'allow forwarding with `AllowStreamLocalForwarding yes` in /etc/ssh/sshd_config there (and no DisableForwarding, no `restrict` at the key), then restart sshd.'

const tryIt = (tunnel: SshTunnel) => `Try it yourself: ${sshCommand(tunnel)} true`

/** The first that fits decides: ssh says the cause before the consequence, and both are in its output. */
const MEANINGS: readonly Meaning[] = [
  {
    says: /REVOKED HOST KEY DETECTED|host key .* is revoked/i,
    what: 'its host key was revoked',
    hint: () => 'Do not connect. Ask who runs that machine for its new key.',
  },
  {
    says: /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    what: 'its host key is another than the known one: the machine was installed anew, or another one answers in its place',
    hint: (tunnel, said) =>
      `Find out which. If it was installed anew: ${forgetKey(tunnel, said)}, then connect once and compare the new key: ${sshCommand(tunnel)} true`,
  },
  {
    says: /No \S+ host key is known for|Host key verification failed/,
    what: 'its host key is not known here',
    hint: (tunnel) =>
      `Connect once by hand and accept the key: ${sshCommand(tunnel)} true. Compare it first with what that machine says itself: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub`,
  },
  {
    says: /Too many authentication failures/,
    what: 'it ended the connection after too many keys',
    hint: ({ destination }) =>
      `Name the one key in ~/.ssh/config, under \`Host ${hostOf(destination)}\`: IdentityFile ~/.ssh/KEY and IdentitiesOnly yes`,
  },
  {
    says: /UNPROTECTED PRIVATE KEY FILE/,
    what: 'the private key can be read by others, so ssh does not use it',
    hint: (_, said) => `Close it: chmod 600 ${/Permissions \d+ for '([^']+)'/.exec(said)?.[1] ?? '~/.ssh/KEY'}`,
  },
  {
    says: /Permission denied \(/,
    what: 'it refused the keys of this user; a password is never asked for',
    hint: (tunnel) =>
      `Put your key there: ssh-copy-id ${sshCommand(tunnel).slice('ssh '.length)}. A key with a passphrase has to be in the agent: ssh-add. ${tryIt(tunnel)}`,
  },
  {
    says: /Could not resolve hostname/,
    what: 'its name is not found',
    hint: ({ destination }) =>
      `Correct \`docker: ssh://…\` in hosts.yaml, or give the name an address in ~/.ssh/config: Host ${hostOf(destination)}, HostName 10.0.0.11`,
  },
  {
    says: /Connection refused/,
    what: 'the machine answers, and no ssh server listens at that port',
    hint: (tunnel) =>
      `Start sshd there, or correct the port (\`ssh://user@host:PORT\`). A firewall may refuse as well. ${tryIt(tunnel)}`,
  },
  {
    says: /(Connection|Operation) timed out|Connection to .* timed out|No route to host|Network is unreachable|Host is down/,
    what: 'the machine does not answer',
    hint: (tunnel) => `Is it on, is the address right, does a firewall drop the packets? ${tryIt(tunnel)}`,
  },
  {
    says: /Bad owner or permissions on|Bad configuration option|terminating, \d+ bad configuration/i,
    what: 'ssh does not accept its configuration, or is too old: 7.6 of 2017 or newer is needed',
    hint: () => 'Correct the file and line that it names; `ssh -V` says how old it is.',
  },
  {
    says: /too long for Unix domain socket/i,
    what: "the path of the tunnel's socket is too long for this system",
    hint: () => 'Use a short folder: TMPDIR=/tmp',
  },
  {
    says: /Bad (local )?forwarding specification/i,
    what: 'this ssh cannot forward a socket: it is older than 6.7 of 2014',
    hint: () => 'Install a newer OpenSSH client; `ssh -V` says how old it is.',
  },
  {
    says: /Could not request local forwarding|cannot listen to port|unix_listener: cannot bind/i,
    what: 'ssh could not open a forward on this machine',
    hint: ({ destination }) =>
      `If ~/.ssh/config has LocalForward for ${hostOf(destination)}, its port is in use: end the other ssh, or use a \`Host\` of its own without it.`,
  },
  {
    says: /Unable to negotiate with/,
    what: 'this ssh and its server have no algorithm in common',
    hint: (tunnel) => `Update the older one. ${tryIt(tunnel)}`,
  },
]

/** What stands between the forward and the engine, in ssh's words, once the session there is open. */
const FORWARD_MEANINGS: readonly Meaning[] = [
  {
    says: /administratively prohibited|unknown channel type/,
    what: 'its ssh server forbids forwarding a socket, or is older than 6.7 of 2014',
    hint: () => ALLOW_FORWARDING,
  },
  {
    // A server that forbids it says no more than one whose connection was refused.
    says: /open failed/,
    what: 'its ssh server does not connect to the socket: no engine listens there, or the server forbids it',
    hint: (tunnel) =>
      `See whether the engine answers there: ${sshCommand(tunnel)} docker version. If not, start it: sudo systemctl start docker. If it does: ${ALLOW_FORWARDING}`,
  },
]

/** How a process of ssh ended; null for both: it runs on and said nothing in time. */
export interface SshEnd {
  readonly code: number | null
  readonly signal: string | null
}

/** The error of an ssh that ended, or stayed silent, before the session was open. */
export function openingProblem(tunnel: SshTunnel, said: readonly string[], end: SshEnd): BakeoffError {
  const text = said.join('\n')
  const meaning = MEANINGS.find(({ says }) => says.test(text))
  if (meaning) return problem(tunnel, meaning.what, meaning.hint(tunnel, text), said)
  if (end.code === null && end.signal === null)
    return problem(
      tunnel,
      'ssh did not get a shell there in time',
      `The server hangs, or the account there runs another command. ${tryIt(tunnel)}`,
      said,
    )
  if (end.code !== 255 && end.signal === null)
    return problem(
      tunnel,
      `the account there cannot run a command: it ended with ${end.code}`,
      `It needs a shell (not nologin, no ForceCommand, no command= at the key) with \`sh\`, \`test\` and \`cat\`. ${tryIt(tunnel)}`,
      said,
    )
  const last = said.findLast((line) => line.trim() !== '') ?? 'it said nothing'
  const how = end.signal === null ? '' : ` by ${end.signal}`
  return problem(tunnel, `ssh ended${how}: ${last.trim()}`, tryIt(tunnel), said)
}

/** The error of a socket that cannot be used there; null when it can. */
export function socketProblem(tunnel: SshTunnel, state: SocketState): BakeoffError | null {
  const { socket, destination } = tunnel
  switch (state) {
    case 'ready':
      return null
    case 'missing':
      return problem(
        tunnel,
        `there is no socket ${socket}`,
        `Start the engine there (${sshCommand(tunnel)} sudo systemctl start docker), or name its socket in hosts.yaml: \`socket: /run/user/1000/docker.sock\` where it runs without root.`,
        [],
      )
    case 'forbidden': {
      const user = /^(.*)@/.exec(destination)?.[1] ?? '$USER'
      return problem(
        tunnel,
        `its user may not use ${socket}`,
        `Let the user in, on that machine: sudo usermod -aG docker ${user}. It holds from the next connection.`,
        [],
      )
    }
  }
}

/**
 * The error of an engine that does not answer its first ping through an open tunnel.
 *
 * @param otherwise what the ping itself says
 */
export function forwardProblem(tunnel: SshTunnel, said: readonly string[], otherwise: string): BakeoffError {
  const text = said.join('\n')
  const meaning = FORWARD_MEANINGS.find(({ says }) => says.test(text))
  if (meaning) return problem(tunnel, `${meaning.what} (${tunnel.socket})`, meaning.hint(tunnel, text), said)
  return problem(
    tunnel,
    `the engine at its ${tunnel.socket} does not answer: ${otherwise}`,
    `Look at it there: ${sshCommand(tunnel)} docker info`,
    said,
  )
}

/** The error of a tunnel that ended by itself after it was open. */
export function lostProblem(tunnel: SshTunnel, said: readonly string[], end: SshEnd): BakeoffError {
  const last = said.findLast((line) => line.trim() !== '')?.trim()
  const how = end.signal === null ? `ssh ended with ${end.code}` : `ssh was ended by ${end.signal}`
  return new BakeoffError(
    'ENGINE_LOST',
    `host ${tunnel.host}: the tunnel of ${sshCommand(tunnel)} broke off: ${last ?? how}`,
    {
      hint: `The machine, its sshd or the network between is gone. ${tryIt(tunnel)}. What was measured so far is kept: go on with --resume.`,
      logTail: said,
    },
  )
}

export function noSshProblem(tunnel: SshTunnel, platform: NodeJS.Platform): BakeoffError {
  return problem(
    tunnel,
    platform === 'win32' ? "Windows' ssh cannot forward a socket" : 'there is no program ssh on this machine',
    platform === 'win32' ? 'Run this inside WSL 2.' : 'Install the OpenSSH client: sudo apt-get install openssh-client',
    [],
  )
}

function problem(tunnel: SshTunnel, what: string, hint: string, logTail: readonly string[]): BakeoffError {
  return new BakeoffError('NO_ENGINE', `host ${tunnel.host} (${sshCommand(tunnel)}): ${what}`, { hint, logTail })
}

function hostOf(destination: string): string {
  return destination.replace(/^.*@/, '')
}

/** The command that forgets the known key: some builds of ssh print it, with the right file. */
function forgetKey({ destination, port }: SshTunnel, said: string): string {
  const given = /ssh-keygen -f .* -R .*/.exec(said)?.[0]
  const name = port === null || port === 22 ? hostOf(destination) : `"[${hostOf(destination)}]:${port}"`
  return given?.trim() ?? `ssh-keygen -R ${name}`
}
