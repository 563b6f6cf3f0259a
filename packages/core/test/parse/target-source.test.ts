/** Where the image of a target comes from, how it is reached, and every combination that makes no sense. */
import { BakeoffError, USUAL_REACH } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { type FoundBuild, parseTarget, stagesIn, type WantedBuild, wantedContext } from '../../src/index.js'

const HEAD = 'language: go\nstack: [net/http]\nsummary: s\nscenarios: [predict]\n'
const ORDERS =
  'FROM node:22 AS build\nRUN make\nFROM --platform=$BUILDPLATFORM debian as Runtime\nCOPY --from=build /x /x\n'

const FILES: Readonly<Record<string, string>> = {
  '../../services/orders/Dockerfile': ORDERS,
  '../../services/orders/docker/Dockerfile.prod': 'FROM scratch\n',
  './Dockerfile': 'FROM bakeoff/base',
}

function lookAt({ context, dockerfile }: WantedBuild): FoundBuild {
  if (context.startsWith('../../..'))
    return { why: `${context} leads out of the repository`, hint: 'Name a folder within.' }
  if (context !== '.' && context !== '../../services/orders')
    return { why: `there is no folder ${context}`, hint: 'Name one.' }
  return {
    context: context === '.' ? '/p/targets/orders' : '/p/services/orders',
    dockerfile: FILES[`${context}/${dockerfile}`] ?? null,
  }
}

const read = (yaml: string, dockerfile: string | null = null) =>
  parseTarget({
    name: 'orders',
    folder: '/p/targets/orders',
    file: 'targets/orders/target.yaml',
    yaml: `${HEAD}${yaml}`,
    dockerfile,
    lookAt,
  })

describe('the image of a target', () => {
  it.each([
    { because: 'the Dockerfile of its folder', yaml: '', own: 'FROM x', source: { dockerfile: 'FROM x' } },
    {
      because: 'an image that is there',
      yaml: 'image: registry.example:5000/team/orders-node:1.2\n',
      own: null,
      source: {
        image: 'registry.example:5000/team/orders-node:1.2',
        imageFrom: { kind: 'as-it-is' },
        dockerfile: '',
      },
    },
    {
      because: 'a folder elsewhere',
      yaml: 'build: ../../services/orders\n',
      own: null,
      source: {
        imageFrom: { kind: 'build', context: '/p/services/orders', dockerfile: 'Dockerfile', stage: null },
        dockerfile: ORDERS,
      },
    },
    {
      because: 'a stage of another Dockerfile, whose name has no case',
      yaml: 'build: { context: ../../services/orders, target: runtime }\n',
      own: null,
      source: {
        imageFrom: { kind: 'build', context: '/p/services/orders', dockerfile: 'Dockerfile', stage: 'runtime' },
        dockerfile: ORDERS,
      },
    },
    {
      because: 'a Dockerfile deeper in the folder',
      yaml: 'build: { context: ../../services/orders, dockerfile: docker/Dockerfile.prod }\n',
      own: null,
      source: {
        imageFrom: {
          kind: 'build',
          context: '/p/services/orders',
          dockerfile: 'docker/Dockerfile.prod',
          stage: null,
        },
        dockerfile: 'FROM scratch\n',
      },
    },
  ])('is $because', ({ yaml, own, source }) => {
    const { image, imageFrom, dockerfile } = read(yaml, own)
    expect({ image, imageFrom, dockerfile }).toEqual({ image: undefined, imageFrom: undefined, ...source })
  })
})

describe('how a target is reached', () => {
  it.each([
    { yaml: '', reach: undefined },
    { yaml: 'port: 8080\nhealth: { path: /health }\ntls: false\n', reach: undefined },
    { yaml: 'port: 3000\n', reach: { ...USUAL_REACH, port: 3000 } },
    { yaml: 'health: { path: /healthz }\n', reach: { ...USUAL_REACH, health: { path: '/healthz', status: 200 } } },
    {
      yaml: 'health: { path: /ready?all, status: 204 }\n',
      reach: { ...USUAL_REACH, health: { path: '/ready?all', status: 204 } },
    },
    { yaml: 'tls: true\n', reach: { ...USUAL_REACH, tls: true } },
  ])('$yaml', ({ yaml, reach }) => expect(read(yaml, 'FROM x').reach).toEqual(reach))
})

describe('what makes no sense is refused with its place and the form to write', () => {
  it.each([
    {
      because: 'nothing to make it from',
      yaml: '',
      says: [':1:1: there is no Dockerfile beside it', 'image: orders:latest', 'build: ../../services/orders'],
    },
    {
      because: 'an image and a folder',
      yaml: 'image: x:1\nbuild: ../../services/orders\n',
      says: [':6:1: the target is an image, and a folder to build too', 'Take `image` or `build` out'],
    },
    {
      because: 'an image beside a Dockerfile',
      yaml: 'image: x:1\n',
      own: 'FROM x',
      says: [':5:1: there is a Dockerfile beside it, which would not be built', 'remove the Dockerfile'],
    },
    {
      because: 'a folder elsewhere beside a Dockerfile',
      yaml: 'build: ../../services/orders\n',
      own: 'FROM x',
      says: [':5:1: there is a Dockerfile beside it'],
    },
    {
      because: 'requirements of a build that is none',
      yaml: 'image: x:1\nrequires: [hex]\n',
      says: [':6:1: requires is what a build needs, and nothing is built'],
    },
    {
      because: 'a name that clean removes',
      yaml: 'image: bakeoff/mine:1\n',
      says: [':5:8: names below bakeoff/', 'docker tag'],
    },
    { because: 'an id', yaml: `image: sha256:${'0'.repeat(64)}\n`, says: [':5:8: image is "sha256:', 'docker tag'] },
    {
      because: 'no name at all',
      yaml: 'image: "Orders Node"\n',
      says: [':5:8: image is "Orders Node": must be the name'],
    },
    {
      because: 'a folder that is not there',
      yaml: 'build: ../../services/nothing\n',
      says: [':5:8: there is no folder ../../services/nothing'],
    },
    {
      because: 'a folder outside of the repository',
      yaml: 'build: { context: ../../../etc }\n',
      says: [':5:19: ../../../etc leads out of the repository', 'Name a folder within'],
    },
    {
      because: 'a folder without a Dockerfile',
      yaml: 'build: { context: ../../services/orders, dockerfile: Dockerfile.dev }\n',
      says: [':5:54: there is no Dockerfile.dev in ../../services/orders'],
    },
    {
      because: 'a stage that is not there',
      yaml: 'build: { context: ../../services/orders, target: runtimes }\n',
      says: [':5:50: there is no stage "runtimes" in Dockerfile', 'Did you mean "Runtime"?'],
    },
    {
      because: 'arguments of a build',
      yaml: 'build: { context: ../../services/orders, args: { A: 1 } }\n',
      says: [':5:42: unknown key "args" in build', 'defaults of its ARG'],
    },
    { because: 'a list of folders', yaml: 'build: [a]\n', says: [':5:8: build is ["a"]: must be a folder, such as'] },
    {
      because: 'a port that is none',
      yaml: 'port: 70000\n',
      own: 'FROM x',
      says: [':5:7: port is 70000: must be a port'],
    },
    {
      because: 'a port as a text',
      yaml: 'port: "3000:3000"\n',
      own: 'FROM x',
      says: [':5:7: port is "3000:3000": must be the number of a port'],
    },
    {
      because: 'a health check that is a text',
      yaml: 'health: /healthz\n',
      own: 'FROM x',
      says: [':5:9: health is "/healthz": must be written as { path: /healthz }'],
    },
    {
      because: 'a health check without a slash',
      yaml: 'health: { path: healthz }\n',
      own: 'FROM x',
      says: [':5:17: health.path is "healthz": must be a path'],
    },
    {
      because: 'settings of TLS',
      yaml: 'tls: { cert: a.pem }\n',
      own: 'FROM x',
      says: [':5:6: tls is {"cert":"a.pem"}: must be true'],
    },
    {
      because: 'TLS behind the proxy',
      yaml: 'tls: true\nvariants: { v: { summary: s, replicas: 2, proxy: caddy } }\n',
      own: 'FROM x',
      says: [':6:43: the proxy asks its replicas without TLS', 'Take `tls` or `proxy` out'],
    },
    {
      because: 'a certificate of its own by the name of the run',
      yaml: 'tls: true\nenv: { TLS_CERT: /x }\n',
      own: 'FROM x',
      says: [':6:8: TLS_CERT is set by the run', '/etc/bakeoff/tls'],
    },
    {
      because: 'HTTP/2',
      yaml: 'http2: true\n',
      own: 'FROM x',
      says: [':5:1: unknown key "http2"', 'HTTP/2 is not measured'],
    },
    {
      because: "Compose's ports",
      yaml: 'ports: ["3000:3000"]\n',
      own: 'FROM x',
      says: [':5:1: unknown key "ports"', 'Write `port: 3000`'],
    },
    {
      because: "Compose's healthcheck",
      yaml: 'healthcheck: { test: [CMD, x] }\n',
      own: 'FROM x',
      says: [':5:1: unknown key "healthcheck"', 'Write `health: { path: /healthz }`'],
    },
  ])('$because', ({ yaml, own = null, says }) => {
    let refusal = ''
    try {
      read(yaml, own)
    } catch (error) {
      expect(error).toBeInstanceOf(BakeoffError)
      refusal = (error as BakeoffError).message
    }
    for (const text of says) expect(refusal).toContain(text)
  })
})

describe('a variable by the name of a TLS file', () => {
  it('is the own of a target without TLS', () =>
    expect(read('env: { TLS_CERT: /x }\n', 'FROM x').variants[0]?.env).toEqual({ TLS_CERT: '/x' }))
})

describe('the folder that a target.yaml wants to have built', () => {
  it.each([
    { yaml: 'build: ../../services/orders', context: '../../services/orders' },
    { yaml: 'build: { context: .., target: x }', context: '..' },
    { yaml: 'image: x', context: null },
    { yaml: 'build: [1]', context: null },
    { yaml: 'build: "unclosed', context: null },
    { yaml: '', context: null },
  ])('of $yaml is $context', ({ yaml, context }) => expect(wantedContext(yaml)).toBe(context))
})

describe('the stages of a Dockerfile', () => {
  it('are those that have a name', () =>
    expect(stagesIn(`${ORDERS}# FROM x AS comment\nFROM y\n`)).toEqual(['build', 'Runtime']))
})
