import { createHash } from 'node:crypto'
import type { EngineWay } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import type { EngineWorld } from '../src/engine/candidates.js'
import { placeOf } from '../src/ways/place.js'

const SOCKET = '/var/run/docker.sock'
const tls = { 'ca.pem': 'CA', 'cert.pem': 'CERT', 'key.pem': 'KEY' }

describe('the place of the engine of a host', () => {
  it.each<{ because: string; way: EngineWay; files?: Record<string, string>; expected: unknown }>([
    {
      because: 'ssh is a tunnel to the socket there',
      way: { kind: 'ssh', destination: 'bench@10.0.0.11', port: 2222 },
      expected: { tunnel: { host: 'bench-1', destination: 'bench@10.0.0.11', port: 2222, socket: SOCKET } },
    },
    {
      because: 'a socket of this machine is one',
      way: { kind: 'unix', path: '/run/lab/h1.sock' },
      expected: { found: { endpoint: 'unix:///run/lab/h1.sock', foundBy: 'host bench-1', tls: null } },
    },
    {
      because: 'TLS takes its files from the folder',
      way: { kind: 'tcp', host: '10.0.0.22', port: 2376, tls: '/keys' },
      files: inFolder('/keys', tls),
      expected: { found: { endpoint: 'tcp://10.0.0.22:2376', tls: { ca: 'CA', cert: 'CERT', key: 'KEY' } } },
    },
    {
      because: 'insecure is without TLS, also at the port that is usual for it',
      way: { kind: 'tcp', host: '10.0.0.22', port: 2376, tls: null },
      expected: { found: { endpoint: 'tcp://10.0.0.22:2376', tls: null } },
    },
    {
      because: 'an address of IPv6 is in brackets',
      way: { kind: 'tcp', host: 'fd00::22', port: 2375, tls: null },
      expected: { found: { endpoint: 'tcp://[fd00::22]:2375' } },
    },
    {
      because: 'a context may be a socket of this machine',
      way: { kind: 'context', name: 'colima' },
      files: aContext('colima', 'unix:///c.sock'),
      expected: { found: { endpoint: 'unix:///c.sock', foundBy: 'context colima', tls: null } },
    },
    {
      because: 'a context by TCP brings its own files of TLS',
      way: { kind: 'context', name: 'load-1' },
      files: { ...aContext('load-1', 'tcp://10.0.0.21:2376'), ...tlsOfContext('load-1') },
      expected: { found: { endpoint: 'tcp://10.0.0.21:2376', tls: { ca: 'CA', cert: 'CERT', key: 'KEY' } } },
    },
    {
      because: 'a context by ssh is a tunnel too',
      way: { kind: 'context', name: 'far' },
      files: aContext('far', 'ssh://bench@far.example:2222'),
      expected: { tunnel: { host: 'bench-1', destination: 'bench@far.example', port: 2222, socket: SOCKET } },
    },
    {
      because: 'a context by ssh may name the socket',
      way: { kind: 'context', name: 'far' },
      files: aContext('far', 'ssh://far/run/user/1000/docker.sock'),
      expected: {
        tunnel: { host: 'bench-1', destination: 'far', port: null, socket: '/run/user/1000/docker.sock' },
      },
    },
    {
      because: 'the default context is the system socket',
      way: { kind: 'context', name: 'default' },
      expected: { found: { endpoint: `unix://${SOCKET}` } },
    },
    {
      because: 'this machine may be reached without TLS',
      way: { kind: 'context', name: 'dind' },
      files: aContext('dind', 'tcp://127.0.0.1:2375'),
      expected: { found: { endpoint: 'tcp://127.0.0.1:2375', tls: null } },
    },
  ])('is right: $because', ({ way, files, expected }) => {
    expect(place(way, files)).toMatchObject(expected as object)
  })

  it.each<{ says: string; way: EngineWay; files?: Record<string, string>; hint: string }>([
    {
      says: 'the Docker context "gone" does not exist',
      way: { kind: 'context', name: 'gone' },
      hint: 'docker context ls',
    },
    {
      says: 'host bench-1: the Docker context "open" is tcp://10.0.0.21:2375 without TLS',
      way: { kind: 'context', name: 'open' },
      files: aContext('open', 'tcp://10.0.0.21:2375'),
      hint: '`docker: tcp://10.0.0.21:2375` with `insecure: true`',
    },
    {
      says: 'host bench-1: the Docker context "far" is ssh://***@far',
      way: { kind: 'context', name: 'far' },
      files: aContext('far', 'ssh://me:secret@far'),
      hint: 'docker context inspect far',
    },
    {
      says: '/keys/ca.pem cannot be read',
      way: { kind: 'tcp', host: '10.0.0.22', port: 2376, tls: '/keys' },
      hint: 'in `tls` of bench-1 in hosts.yaml',
    },
  ])('is an error when $says', ({ says, way, files, hint }) => {
    expect(() => place(way, files)).toThrow(
      expect.objectContaining({
        code: 'NO_ENGINE',
        message: expect.stringContaining(says),
        hint: expect.stringContaining(hint),
      }),
    )
  })
})

function place(way: EngineWay, files: Record<string, string> = {}) {
  const world: EngineWorld = {
    env: {},
    home: '/home/a',
    platform: 'linux',
    uid: null,
    exists: (path) => path in files,
    readText: (path) => files[path] ?? null,
  }
  return placeOf({ name: 'bench-1', way, socket: SOCKET }, world)
}

function aContext(name: string, host: string): Record<string, string> {
  return {
    [`/home/a/.docker/contexts/meta/${idOf(name)}/meta.json`]: JSON.stringify({
      Endpoints: { docker: { Host: host } },
    }),
  }
}

function tlsOfContext(name: string): Record<string, string> {
  const folder = `/home/a/.docker/contexts/tls/${idOf(name)}/docker`
  return { [folder]: '', ...inFolder(folder, tls) }
}

function inFolder(folder: string, files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]))
}

function idOf(context: string): string {
  return createHash('sha256').update(context).digest('hex')
}
