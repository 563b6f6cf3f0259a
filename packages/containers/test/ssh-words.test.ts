import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { SshTunnel } from '../src/client/endpoint.js'
import { SOCKET_STATES, socketStateIn, sshArguments, sshCommand } from '../src/ways/ssh-arguments.js'
import { forwardProblem, lostProblem, openingProblem, socketProblem } from '../src/ways/ssh-problems.js'

const tunnel: SshTunnel = {
  host: 'bench-1',
  destination: 'bench@10.0.0.11',
  port: 2222,
  socket: '/var/run/docker.sock',
}
const FAILED = { code: 255, signal: null }

describe('the arguments of ssh', () => {
  const args = sshArguments(tunnel, '/tmp/w/engine.sock')

  it('forward the socket to the private one, and end with destination and command', () => {
    expect(args[args.indexOf('-L') + 1]).toBe('/tmp/w/engine.sock:/var/run/docker.sock')
    expect(args.slice(-3, -1)).toEqual(['--', 'bench@10.0.0.11'])
    expect(args[args.indexOf('-p') + 1]).toBe('2222')
  })

  it.each([
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    'ExitOnForwardFailure=yes',
    'ServerAliveInterval=5',
    'ServerAliveCountMax=3',
    'ControlPath=none',
    'ForwardAgent=no',
  ])('say %s', (option) => expect(args[args.indexOf(option) - 1]).toBe('-o'))

  it("leave the user's configuration, known hosts and port alone", () => {
    const plain = sshArguments({ ...tunnel, port: null }, '/tmp/w/engine.sock')
    expect(plain.filter((each) => /^-[FipJ]$|KnownHosts|IdentityFile|ProxyJump/.test(each))).toEqual([])
  })

  it.each([
    { socket: '/var/run/docker sock', because: 'a space' },
    { socket: "/var/run/d'; reboot; '", because: 'a quote' },
    { socket: '/var/run/$(reboot)', because: 'a dollar' },
    { socket: '/a:/b', because: 'a colon, which -L takes as its own' },
    { socket: 'docker.sock', because: 'no absolute path' },
  ])('take no socket with $because', ({ socket }) =>
    expect(() => sshArguments({ ...tunnel, socket }, '/n')).toThrow(expect.objectContaining({ code: 'BAD_SPEC' })),
  )

  it.each(['-oProxyCommand=reboot', 'a b', ''])('take "%s" for no destination', (destination) =>
    expect(() => sshArguments({ ...tunnel, destination }, '/n')).toThrow(expect.objectContaining({ code: 'BAD_SPEC' })),
  )
})

describe('the command on the other machine', () => {
  it.each([{ socket: '/no/such.sock', state: 'missing' }])('says that $socket is $state', ({ socket, state }) => {
    const command = sshArguments({ ...tunnel, socket }, '/n').at(-1) as string
    // Without the last part, which would end the process of this test.
    const output = execFileSync('sh', ['-c', command.replace('; kill $PPID', '')], { input: '', encoding: 'utf8' })
    expect(socketStateIn(output)).toBe(state)
  })

  it('is told from what the profile of a shell prints', () => {
    expect(['Welcome!', 'bakeoff-way ready?', ''].map(socketStateIn)).toEqual([null, null, null])
    expect(SOCKET_STATES.map((state) => socketStateIn(`bakeoff-way ${state}\r`))).toEqual([...SOCKET_STATES])
  })
})

describe('what ssh says', () => {
  it.each([
    {
      said: [
        'No ED25519 host key is known for [10.0.0.11]:2222 and you have requested strict checking.',
        'Host key verification failed.',
      ],
      what: 'its host key is not known here',
      hint: 'ssh -p 2222 bench@10.0.0.11 true',
    },
    {
      said: [
        '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @',
        'Offending ED25519 key in /home/a/.ssh/known_hosts:3',
        'Host key verification failed.',
      ],
      what: 'its host key is another than the known one',
      hint: 'ssh-keygen -R "[10.0.0.11]:2222"',
    },
    {
      said: [
        '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @',
        '  ssh-keygen -f "/home/a/.ssh/known_hosts" -R "[10.0.0.11]:2222"',
        'Host key verification failed.',
      ],
      what: 'its host key is another than the known one',
      hint: 'ssh-keygen -f "/home/a/.ssh/known_hosts" -R "[10.0.0.11]:2222"',
    },
    {
      said: ['WARNING: REVOKED HOST KEY DETECTED!', 'Host key verification failed.'],
      what: 'its host key was revoked',
      hint: 'Do not connect',
    },
    {
      said: ['bench@10.0.0.11: Permission denied (publickey,password).'],
      what: 'it refused the keys of this user; a password is never asked for',
      hint: 'ssh-copy-id -p 2222 bench@10.0.0.11',
    },
    {
      said: ['Received disconnect from 10.0.0.11 port 2222:2: Too many authentication failures'],
      what: 'it ended the connection after too many keys',
      hint: 'IdentitiesOnly yes',
    },
    {
      said: [
        '@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @',
        "Permissions 0644 for '/home/a/.ssh/lab' are too open.",
        'bench@10.0.0.11: Permission denied (publickey).',
      ],
      what: 'the private key can be read by others',
      hint: 'chmod 600 /home/a/.ssh/lab',
    },
    {
      said: ['ssh: Could not resolve hostname bench-1: Name or service not known'],
      what: 'its name is not found',
      hint: 'hosts.yaml',
    },
    {
      said: ['ssh: connect to host 10.0.0.11 port 2222: Connection refused'],
      what: 'no ssh server listens at that port',
      hint: 'Start sshd there',
    },
    {
      said: ['ssh: connect to host 10.0.0.11 port 2222: Connection timed out'],
      what: 'the machine does not answer',
      hint: 'does a firewall drop the packets?',
    },
    {
      said: ['Connection timed out during banner exchange', 'Connection to 10.0.0.11 port 2222 timed out'],
      what: 'the machine does not answer',
      hint: 'Try it yourself',
    },
    {
      said: ['ssh: connect to host 10.0.0.11 port 2222: No route to host'],
      what: 'the machine does not answer',
      hint: 'Try it yourself',
    },
    {
      said: ['/home/a/.ssh/config: line 3: Bad configuration option: foo'],
      what: 'ssh does not accept its configuration, or is too old',
      hint: 'file and line that it names',
    },
    {
      said: ["Bad local forwarding specification '/tmp/w/engine.sock:/var/run/docker.sock'"],
      what: 'this ssh cannot forward a socket',
      hint: 'ssh -V',
    },
    {
      said: ['unix_listener: path "/tmp/…/engine.sock" too long for Unix domain socket'],
      what: "the path of the tunnel's socket is too long",
      hint: 'TMPDIR=/tmp',
    },
    {
      said: ['bind [127.0.0.1]:8080: Address already in use', 'Could not request local forwarding.'],
      what: 'ssh could not open a forward on this machine',
      hint: 'LocalForward for 10.0.0.11',
    },
    {
      said: ['kex_exchange_identification: Connection closed by remote host'],
      what: 'ssh ended: kex_exchange_identification: Connection closed by remote host',
      hint: 'Try it yourself',
    },
  ])('means: $what ($said.0)', ({ said, what, hint }) => {
    const error = openingProblem(tunnel, said, FAILED)
    expect(error).toMatchObject({ code: 'NO_ENGINE', logTail: said })
    expect(error.message).toContain('host bench-1 (ssh -p 2222 bench@10.0.0.11): ')
    expect(error.message).toContain(what)
    expect(error.hint).toContain(hint)
  })

  it.each([
    {
      end: { code: 1, signal: null },
      what: 'the account there cannot run a command: it ended with 1',
      hint: 'nologin',
    },
    { end: { code: null, signal: null }, what: 'did not get a shell there in time', hint: 'another command' },
    { end: { code: null, signal: 'SIGKILL' }, what: 'ssh ended by SIGKILL: it said nothing', hint: 'Try it' },
  ] as const)('may be nothing: $what', ({ end, what, hint }) => {
    const { message, hint: told } = openingProblem(tunnel, [], end)
    expect(message).toContain(what)
    expect(told).toContain(hint)
  })

  it.each([
    {
      said: 'channel 2: open failed: administratively prohibited: open failed',
      what: 'its ssh server forbids forwarding a socket',
      hint: 'AllowStreamLocalForwarding yes',
    },
    {
      said: 'channel 2: open failed: unknown channel type: unsupported channel type',
      what: 'older than 6.7',
      hint: 'AllowStreamLocalForwarding yes',
    },
    {
      said: 'channel 2: open failed: connect failed: open failed',
      what: 'no engine listens there, or the server forbids it (/var/run/docker.sock)',
      hint: 'systemctl start docker',
    },
    { said: '', what: 'does not answer: socket hang up', hint: 'docker info' },
  ])('of the forward means: $what', ({ said, what, hint }) => {
    const error = forwardProblem(tunnel, [said], 'socket hang up')
    expect(error.message).toContain(what)
    expect(error.hint).toContain(hint)
  })

  it.each([
    { said: ['Connection to 10.0.0.11 closed by remote host.'], what: 'closed by remote host' },
    { said: [], what: 'ssh ended with 255' },
  ])('at the end of an open tunnel is told: $what', ({ said, what }) => {
    const error = lostProblem(tunnel, said, FAILED)
    expect(error).toMatchObject({ code: 'ENGINE_LOST', hint: expect.stringContaining('--resume') })
    expect(error.message).toContain(what)
  })
})

describe('a socket there', () => {
  it.each([
    { state: 'missing', what: 'there is no socket /var/run/docker.sock', hint: '/run/user/1000/docker.sock' },
    { state: 'forbidden', what: 'its user may not use /var/run/docker.sock', hint: 'usermod -aG docker bench' },
  ] as const)('that is $state is told with what to do', ({ state, what, hint }) => {
    const error = socketProblem(tunnel, state)
    expect(error?.message).toContain(what)
    expect(error?.hint).toContain(hint)
  })

  it('that can be used is no problem', () => expect(socketProblem(tunnel, 'ready')).toBeNull())
})

it('names a command without a port where none is given', () =>
  expect(sshCommand({ ...tunnel, port: null })).toBe('ssh bench@10.0.0.11'))
