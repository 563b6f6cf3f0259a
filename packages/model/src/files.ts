/**
 * The shapes of the YAML files as people write them. The JSON Schemas in schema/ are generated from these, so every
 * member has the description an editor shows. core/parse turns a file into a Spec (specs.ts).
 */
import { z } from 'zod'
import { arrivals, publishedNumbers, writtenLoads } from './loads/index.js'
import { networkKind } from './machines.js'
import { dependency, role } from './plan.js'
import { TLS_FOLDER } from './reach.js'
import { valueName } from './state.js'
import { parseBytes, parseDurationMs, parseFraction, parsePerSecond } from './units.js'

const name = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower-case letters, digits and hyphens')
const duration = z
  .string('must be a duration with its unit, such as 50ms, 10s or 2m')
  .regex(/^\d+(\.\d+)?\s*(ms|s|min|m|h)$/, 'must be a duration such as 50ms, 10s or 2m')
  .refine((text) => parseDurationMs(text) !== null)
const bytes = z
  .union([
    z.string().regex(/^\d+(\.\d+)?\s*(b|kb?|mb?|gb?)?$/i, 'must be a size such as 512m or 2g'),
    z.int().positive(),
  ])
  .refine((size) => typeof size === 'number' || parseBytes(size) !== null)
const share = z
  .union([z.string().regex(/^\d+(\.\d+)?\s*%?$/, 'must be a share such as 0.1% or 0.001'), z.number().min(0).max(1)])
  .refine((text) => typeof text === 'number' || parseFraction(text) !== null, 'must lie between 0 and 100%')
const perSecond = z
  .union([
    z.string().regex(/^\d+(\.\d+)?\s*(\/\s*s)?$/, 'must be a rate such as 200/s'),
    z.number('must be a rate such as 200/s').positive(),
  ])
  .refine((rate) => typeof rate === 'number' || parsePerSecond(rate) !== null, 'must be above 0')
const environment = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean()]),
  'must be written as KEY: value',
)
const commandList = z.array(z.string(), 'must be a list of words, such as ["redis-server", "--save", ""]')
const positive = z.int().positive()

const roleOf = role
  .optional()
  .describe(
    'What it is in the comparison: contender (what a senior engineer of the language would ship), as-published (the code of a source rebuilt; measured with --claims) or experiment (shows an effect; measured with --all). Default contender',
  )
const standInOf = z
  .strictObject({
    for: z.array(z.string().min(1)).min(1).describe('The libraries that a senior engineer would have taken'),
    because: name.describe('What could not be reached where it was written, e.g. hex'),
  })
  .optional()
  .describe(
    'It was written because libraries could not be had: it is measured and marked, and never in a headline. On the target, or on one variant',
  )

const alternativeOf = z
  .boolean()
  .optional()
  .describe(
    'true: another contender of its language stands for it where a run takes one of each language (--quick). Default false',
  )

/** A reference to an image as Docker's grammar has it: host, path in small letters, tag, digest. An id is none. */
const imageReference = z
  .string('must be the name of an image, such as orders-node:latest')
  .regex(
    /^(?!sha256:[0-9a-f]{64}$)(?:[A-Za-z0-9.-]+(?::\d{1,5})?\/)?[a-z0-9]+(?:(?:\.|_{1,2}|-+|\/)[a-z0-9]+)*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/,
    'must be the name of an image, such as orders-node:latest; one that has only an id gets a name with docker tag',
  )

const buildOf = z
  .union(
    [
      z.string().min(1),
      z.strictObject({
        context: z
          .string()
          .min(1)
          .describe('Folder that is built, relative to the folder of target.yaml, within the repository'),
        dockerfile: z.string().min(1).optional().describe('Relative to the context; default Dockerfile'),
        target: z
          .string()
          .min(1)
          .optional()
          .describe('The stage of the Dockerfile that is built; default the last one'),
      }),
    ],
    'must be a folder, such as ../../services/orders, or { context: ../../services/orders, dockerfile: Dockerfile.prod, target: runtime }',
  )
  .optional()
  .describe(
    'What is built in place of this folder: a folder elsewhere within the repository, relative to this one, or { context, dockerfile, target } as in Compose',
  )

export const targetFile = z.strictObject({
  language: name.describe('Language of the service, lower case: python, go, elixir, rust, node, java, …'),
  stack: z.array(z.string().min(1)).min(1).describe('Libraries that matter, most important first, as people call them'),
  summary: z.string().min(1).describe('One sentence: what this target is'),
  scenarios: z.array(name).min(1).describe('Scenarios it serves: names of files in compose/ without .yaml'),
  requires: z
    .array(name)
    .optional()
    .describe(
      'What a build needs from outside beyond the language registries, e.g. hex. Where it cannot be reached, the target is recorded as unsupported',
    ),
  neverRun: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Nobody has run this target as it stands, and why, as it reads after “never run:”. The report says so wherever the target has no figures. Take it out when somebody has run it',
    ),
  image: imageReference
    .optional()
    .describe(
      'An image in place of a Dockerfile, which the engine has or a registry gives, such as orders-node:latest. It is measured by its id, and never removed',
    ),
  build: buildOf,
  port: z
    .int('must be the number of a port, such as 3000')
    .min(1, 'must be a port, from 1 to 65535')
    .max(65_535, 'must be a port, from 1 to 65535')
    .optional()
    .describe('The port on which it listens, which PORT tells it too; default 8080'),
  health: z
    .strictObject(
      {
        path: z
          .string()
          .regex(/^\/\S*$/, 'must be a path, such as /healthz')
          .describe('Asked until the target is ready'),
        status: z.int().min(200).max(599).optional().describe('What it answers when it can serve; default 200'),
      },
      'must be written as { path: /healthz }, or { path: /healthz, status: 204 }',
    )
    .optional()
    .describe('What tells that the target is ready; default GET /health, answered with 200'),
  tls: z
    .boolean('must be true: the run makes the certificate, and has no settings of it')
    .optional()
    .describe(
      `true: it answers by HTTPS, HTTP/1.1 over TLS, with the certificate in ${TLS_FOLDER}, which the run makes, and which the load agent trusts alone. HTTP/2 is not measured: the load agent has no client for it`,
    ),
  tmpfs: z
    .array(z.string().startsWith('/'), 'must be a list of folders, such as [/var/cache]')
    .min(1)
    .optional()
    .describe(
      'Folders that it writes to besides /tmp: memory, empty at every start. All else of its root is read-only',
    ),
  env: environment.optional().describe('Environment for every variant'),
  readyTimeout: duration.optional().describe('How long the target may take to be ready after the start; default 60s'),
  role: roleOf,
  alternative: alternativeOf,
  standIn: standInOf,
  variants: z
    .record(
      name,
      z.strictObject({
        summary: z.string().min(1).describe('What is different in this variant'),
        role: roleOf,
        alternative: alternativeOf,
        standIn: standInOf,
        env: environment.optional().describe('Environment of this variant; wins over env of the target'),
        command: commandList.min(1).optional().describe("Replaces the image's CMD"),
        replicas: positive
          .max(64)
          .optional()
          .describe('Containers of the target inside one cap: they share the cores, memory is divided'),
        proxy: z.enum(['caddy']).optional().describe('What stands in front of the replicas, inside the same cap'),
        scenarios: z.array(name).min(1).optional().describe('Narrows the scenarios for this variant'),
        services: z
          .record(name, z.string().startsWith('./'))
          .optional()
          .describe(
            'Services of the scenario that are built from another folder, relative to compose/, e.g. { postgres: ./postgis }. Not for contenders, which all run on the same',
          ),
      }),
    )
    .optional()
    .describe('Named configurations; without it there is one variant, default'),
})
export type TargetFile = z.infer<typeof targetFile>

/** One of five ways, each with a key of its own; core/parse says what is wrong where there are none or several. */
const valueFile = z.strictObject({
  counter: z.int().nonnegative().optional().describe('Another number for every request that is sent, from this one on'),
  pick: z
    .union(
      [
        z.array(z.union([z.string(), z.number(), z.boolean()])).min(1),
        z.strictObject({ file: z.string().describe('A text a line, relative to this file') }),
      ],
      'must be a list, such as [ada, grace], or { file: NAME }',
    )
    .optional()
    .describe('One of these at random, seeded: a list, or the lines of a file'),
  between: z
    .tuple([z.int(), z.int()], 'must be the least and the greatest number, such as [1, 9]')
    .optional()
    .describe('A whole number at random, seeded, both ends included'),
  secret: z
    .string()
    .regex(/^[A-Za-z_]\w*$/, 'must be the name of a variable of the environment, such as ORDERS_TOKEN')
    .optional()
    .describe('A variable of the environment of who runs it. Its value is sent, and is in no file, report or error'),
  captured: z
    .enum(['connection', 'pool'])
    .optional()
    .describe(
      'From earlier answers (`capture` of a request): the last one on the same connection, or one of the newest on all connections',
    ),
})

const buildFolder = z
  .string('must be a folder, such as ./store')
  .regex(/^\.\.?(\/|$)/, 'must be a folder relative to this file, such as ./store or ../services/store')

/** The forms of Compose whose meaning is certain. core/parse/compose-forms.ts makes one form of them. */
const composeService = z.strictObject({
  image: z.string().optional().describe('An image as it is; for the target "${TARGET_IMAGE}"'),
  build: z
    .union([buildFolder, z.strictObject({ context: buildFolder })], 'must be a folder, such as ./store')
    .optional()
    .describe('Folder to build, relative to this file, within the repository'),
  cpus: z
    .number()
    .nonnegative()
    .optional()
    .describe(
      'Cores. A whole number is pinned to cores of its own; a fraction becomes a quota; 0, of the target alone: no cap. Here or in deploy',
    ),
  mem_limit: bytes.optional().describe('Memory, swap included. Here or in deploy'),
  deploy: z
    .strictObject({
      resources: z.strictObject({
        limits: z.strictObject({
          cpus: z
            .union([z.number().positive(), z.string().regex(/^\d+(\.\d+)?$/, 'must be a number, such as "0.5"')])
            .optional()
            .describe('As cpus'),
          memory: bytes.optional().describe('As mem_limit'),
        }),
      }),
    })
    .optional()
    .describe("Compose's longer form of cpus and mem_limit"),
  environment: z
    .union(
      [z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])), z.array(z.string())],
      'must be written as KEY: value, or as a list of KEY=value',
    )
    .optional(),
  command: z
    .union([z.array(z.string()), z.string().min(1)], 'must be a list of words, such as ["redis-server", "--save", ""]')
    .optional()
    .describe('In place of the command of the image. A text is cut into words as Compose does it: no shell reads it'),
  depends_on: z
    .union(
      [z.record(z.string(), z.strictObject({ condition: dependency.shape.condition })), z.array(z.string())],
      'must be written as NAME: { condition: service_healthy }, or as a list of names',
    )
    .optional()
    .describe('A list means that they are started before, as in Compose'),
  healthcheck: z
    .strictObject({
      test: z
        .union(
          [z.array(z.string()).min(2), z.string().min(1)],
          'must be a list, such as ["CMD", "redis-cli", "ping"], or a line for a shell',
        )
        .describe('["CMD", …] or ["CMD-SHELL", "…"]; a text is the latter'),
      interval: duration.optional().describe('Between two checks; default 100ms'),
      timeout: duration.optional().describe('A check that takes longer has failed; default 5s'),
      retries: positive.optional().describe('So many failures in a row, and the service counts as broken; default 300'),
      start_period: duration.optional().describe('Failures so soon after the start do not count; default 0s'),
    })
    .optional(),
  expose: z
    .array(z.union([z.string(), z.int()]))
    .optional()
    .describe('A note for the reader, as in Compose: services reach one another on every port'),
  read_only: z.boolean().optional(),
  tmpfs: z.array(z.string().startsWith('/')).optional(),
  shm_size: bytes.optional(),
  user: z.string().optional(),
})

export const scenarioFile = z.strictObject({
  name: name.optional().describe('Compose project name; must be the name of the file'),
  services: z.record(name, composeService).describe('One of them is the target'),
  'x-scenario': z.strictObject({
    summary: z.string().min(1).describe('One sentence: what a request does'),
    source: z.string().optional().describe('The article or claim it comes from'),
    quotas: z
      .boolean()
      .optional()
      .describe(
        'Caps are quotas of time, as those of the source were: target and services share all cores that the load agent and the system leave. Default: each has whole cores of its own',
      ),
    requests: z.string().describe('NDJSON: one request a line, relative to this file'),
    expect: z.strictObject({
      golden: z.string().describe('NDJSON: the answer to the request on the same line'),
      compare: z.enum(['exact', 'ranked-scores', 'cosine']),
      tolerance: z
        .number()
        .nonnegative()
        .optional()
        .describe('ranked-scores: largest difference of a score; cosine: 1 − smallest cosine'),
      ignore: z
        .array(z.string())
        .min(1)
        .optional()
        .describe('JSON Pointers to what is not compared in any answer, such as /createdAt or /items/*/id; for exact'),
    }),
    values: z
      .record(valueName, valueFile)
      .optional()
      .describe('Values that are filled in for {{key}} in paths, header values and bodies, anew at every send'),
    traffic: z
      .array(
        z.strictObject({
          weight: positive.max(1000).optional().describe('How often it comes, in relation to the others; default 1'),
          send: z.array(z.string()).min(1).describe('Names of requests, sent one after the other on one connection'),
        }),
      )
      .min(1)
      .optional()
      .describe('In which proportion and order requests are sent under load. Default: permutations of all requests'),
    before: z
      .string()
      .optional()
      .describe('NDJSON: requests that are sent in order before the answers are verified, relative to this file'),
    after: z
      .string()
      .optional()
      .describe('NDJSON: requests that are sent in order after the last load, relative to this file'),
    contract: z.string().optional().describe('NDJSON: bad input and faults, with the answers every target must give'),
    stream: z.boolean().optional().describe('Answers are streams: first-byte and inter-chunk times are measured'),
    script: z
      .strictObject({
        firstByte: duration.describe('From the request to the first chunk'),
        gap: duration.describe('Between chunks'),
        chunks: positive.describe('Chunks of a stream'),
      })
      .optional()
      .describe('How long a service takes by its script: what is observed beyond it is the cost of the client'),
    respell: z
      .strictObject({
        spaces: z
          .boolean()
          .optional()
          .describe('White space after the first bracket of the JSON body, another at every send'),
        case: z
          .string()
          .min(1)
          .optional()
          .describe(
            'Member of the JSON body, a text whose ASCII letters change case at every send: where case means nothing',
          ),
      })
      .optional()
      .describe(
        'Under load no body is sent twice as it stands: it is spelled anew and means the same, so that no cache keyed by it hits. Default: as they stand',
      ),
    counters: z
      .record(
        name,
        z.strictObject({
          http: z
            .string()
            .startsWith('/')
            .optional()
            .describe("Path on the service's port 8080 that answers a JSON object"),
          command: z
            .array(z.string())
            .min(1)
            .optional()
            .describe("Run inside the service's container; the last line that it writes is a JSON object"),
          work: z
            .string()
            .min(1)
            .optional()
            .describe('Member that grows by at least one for every right answer of the target'),
          late: z
            .string()
            .min(1)
            .optional()
            .describe('Member that counts what the service did later than its script says'),
          of: z.string().min(1).optional().describe('Member that counts all that it did by its script'),
          lag: duration.optional().describe('How old the figures may be when they are read; default 0s'),
        }),
      )
      .optional()
      .describe('Counters of services, read around every load: was the work done, and was the service in time'),
    load: z.strictObject({
      ...writtenLoads,
      connections: positive
        .max(10_000)
        .optional()
        .describe('Connections for open, rate and capacity loads; default 256'),
      arrivals: arrivals
        .optional()
        .describe('Gaps between arrivals of open, rate and capacity loads; default exponential'),
      wholePasses: z.boolean().optional().describe('Requests differ in cost: a window covers whole passes of them'),
      warmUp: duration.optional().describe("The longest warm-up; default the profile's"),
      longest: duration.optional().describe('The longest window, where answers are slow or passes long; default 30s'),
      timeout: duration.optional().describe('A request without an answer by then counts as a timeout; default 10s'),
    }),
    slo: z
      .strictObject({
        p99: duration,
        errors: share.optional(),
        at: perSecond
          .optional()
          .describe(
            'Requests a second, such as 200/s: the rate is offered to every target, and the report says which of them keep the service level at it',
          ),
      })
      .optional()
      .describe('What still counts as good service'),
  }),
})
export type ScenarioFile = z.infer<typeof scenarioFile>

const profileFile = z.strictObject({
  budget: duration.describe('Wall time for the measured part of a run'),
  repetitions: z
    .strictObject({ min: positive, max: positive })
    .describe('Fresh starts of each target: more than min in scenarios in which a decision is open'),
  warmUp: z.strictObject({ min: duration, max: duration, tolerance: share.optional() }),
  window: duration.describe('Measured time of each load, at least'),
  curve: z
    .int()
    .min(0)
    .max(12)
    .refine((count) => count !== 1, 'one rate makes no curve: use 0, or 2 and more')
    .optional()
    .describe('Common rates at which latency–throughput curves are measured, from the second repetition on; default 0'),
  responses: positive.optional().describe('Mean response times that a window lasts at least; default 20'),
  requests: positive
    .optional()
    .describe('At most so many different requests of a scenario, of all lengths alike, for a smoke run; default all'),
  tasks: positive
    .optional()
    .describe('At most so many tasks of a batch, or as many as run at once, for a smoke run; default all'),
  onlyMainLoad: z.boolean().optional().describe('Only the closed load with the most connections, for a smoke run'),
  alternatives: z
    .boolean()
    .optional()
    .describe('false: without the contenders that target.yaml calls an alternative, for a smoke run; default true'),
  secondInstrument: z
    .boolean()
    .optional()
    .describe('Measure the main load of every target once with wrk too, beside the load agent; default true'),
})

export const matrixFile = z.strictObject({
  scenarios: z.array(name).optional().describe('Only these; default all of compose/'),
  order: z
    .array(name)
    .optional()
    .describe(
      'In which order scenarios are built, measured and reported; those that are not named come after, by name',
    ),
  targets: z
    .array(
      z.string().regex(/^[a-z0-9][a-z0-9-]*(\/[a-z0-9][a-z0-9-]*)?$/, 'must be the name of a target, or name/variant'),
    )
    .optional()
    .describe('Only these, whatever their role: names, or name/variant; default the contenders of targets/'),
  seed: z.int().optional().describe('Seeds order and arrivals of every run; default: a new seed for each run'),
  capacity: z.boolean().optional().describe('Add the capacity search to every scenario with an slo'),
  rates: z.array(z.number().positive()).optional().describe('Absolute rates to offer to every target'),
  profiles: z
    .record(name, profileFile)
    .optional()
    .describe(
      'default and quick, and any of your own (--profile); outside a checkout those that are not here are as shipped',
    ),
})

const ofHost = z
  .string()
  .max(40, 'must be at most 40 characters')
  .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower-case letters, digits and hyphens')

const hostFile = z.strictObject({
  docker: z
    .string()
    .min(1)
    .describe(
      'The way to its engine: ssh://user@host (or a name of your ssh configuration), context:NAME, tcp://host:2376 with `tls`, or unix:///path',
    ),
  address: z
    .ipv4('must be an IPv4 address, such as 10.10.0.11')
    .optional()
    .describe(
      'IPv4 address that is measured over, which the other hosts of its bench reach; needed where a bench has several hosts',
    ),
  tls: z
    .string()
    .min(1)
    .optional()
    .describe('Folder with ca.pem, cert.pem and key.pem for tcp://; relative to this file, or below ~'),
  insecure: z
    .literal(true, 'can only be true; without it plain TCP is refused')
    .optional()
    .describe('true: plain TCP without TLS. Whoever reaches that port is root on that machine'),
  socket: z
    .string()
    .startsWith('/', 'must be a path from the root, such as /var/run/docker.sock')
    .optional()
    .describe("Path of the engine's socket on that machine, for the probe; default /var/run/docker.sock"),
})

const benchFile = z.strictObject({
  target: ofHost.describe('The host of the target'),
  services: ofHost.optional().describe("The host of the services; default the target's"),
  agents: z.array(ofHost).min(1, 'must name at least one host').optional().describe('The hosts of the load agents'),
  agent: ofHost.optional().describe('The host of the load agent, where there is one'),
})

export const hostsFile = z.strictObject({
  hosts: z.record(ofHost, hostFile).describe('Machines with an engine, by the names that reports call them'),
  network: networkKind
    .optional()
    .describe('overlay where a bench has several hosts, and bridge where each has one; default what the benches need'),
  benches: z
    .array(benchFile)
    .min(1, 'must have at least one bench')
    .optional()
    .describe('Groups of hosts that run one cell at a time; they share no host, and all have the same shape'),
  fleet: z
    .array(ofHost)
    .min(1, 'must name at least one host')
    .optional()
    .describe('In place of benches: each of these hosts is a bench of its own'),
  tolerance: share
    .optional()
    .describe(
      'Of several benches: how far what the null server reaches on one may lie from the median of the others, such as 5%, before that bench is left out; default 5%',
    ),
})

const figures = z.record(z.string(), z.union([z.number(), z.record(z.string(), z.number())]))

const claimPart = {
  verdict: z.string().describe('A cause of docs/method.md, e.g. service-cpu'),
  service: z.string().optional(),
  subjects: z.array(name),
  holds: z.boolean().optional().describe('false: the source says that it is not so; default true'),
}

export const claimFile = z.strictObject({
  id: name,
  title: z.string().min(1),
  source: z.strictObject({
    title: z.string(),
    author: z.string().optional(),
    published: z.union([z.string(), z.int()]).optional(),
    url: z.string().optional(),
  }),
  setting: z.string().describe('Machine, tool, concurrency and duration, as far as the source says'),
  scenario: name,
  subjects: z.record(
    name,
    z.strictObject({
      target: name,
      variant: name,
      says: z.string().describe('What the source calls it'),
      figures: figures.describe(
        'Published figures as docs/method.md calls them: throughput, serviceMs.p99, cpuMsPerRequest, memoryPeakBytes, …',
      ),
      load: z
        .strictObject(publishedNumbers)
        .optional()
        .describe("The source's setting: { connections: 10 } or { tasks: 1800, concurrency: 200 }"),
    }),
  ),
  comparisons: z.array(
    z.strictObject({
      metric: z.string(),
      of: name,
      to: name,
      published: z.number().positive().describe('of ÷ to as published'),
      statement: z.string(),
    }),
  ),
  statements: z
    .array(
      z.strictObject({
        says: z.string(),
        ...claimPart,
        and: z
          .array(z.strictObject(claimPart))
          .min(1)
          .optional()
          .describe('The other halves of the sentence: it holds when all of them do'),
      }),
    )
    .optional(),
  caps: z
    .record(name, z.union([z.number().positive(), z.literal('none')]))
    .optional()
    .describe(
      'Cores that the source gave to the target and to services, e.g. { target: 2, postgres: 3 }; none: without a cap. Left out: it does not say',
    ),
  differs: z
    .string()
    .min(1)
    .optional()
    .describe(
      'How the work that is measured here differs from the source’s, as it stands after “because”. Nothing then contradicts the source. Left out: its work is rebuilt',
    ),
  notes: z.array(z.string()).optional(),
})
