/** Specs as the files of a project give them, for tests of what is planned from them. */
import type { ScenarioSpec, ServiceSpec } from '@bakeoff/model'

/** A container of one core and 512 MiB. */
export const aService: ServiceSpec = {
  name: 'target',
  build: null,
  image: null,
  cpus: 1,
  quota: false,
  memoryBytes: 1024 ** 3 / 2,
  environment: {},
  command: null,
  dependsOn: [],
  healthcheck: null,
  readOnly: true,
  tmpfs: [],
  shmBytes: null,
  user: null,
}

/** A scenario without services, under one closed load. */
export function aScenarioSpec(id: string, changes: Partial<ScenarioSpec> = {}): ScenarioSpec {
  return {
    id,
    file: `compose/${id}.yaml`,
    summary: id,
    source: null,
    script: null,
    target: aService,
    services: [],
    quotas: false,
    requests: [{ method: 'GET', path: '/', headers: {}, body: null }],
    golden: [{ status: 200, contentType: null, body: 'x' }],
    contract: [],
    compare: 'exact',
    tolerance: 0,
    loads: [{ kind: 'closed', connections: 1 }],
    connections: 1,
    arrivals: 'exponential',
    stream: false,
    wholePasses: false,
    warmUpLimitMs: null,
    longestWindowMs: null,
    requestTimeoutMs: 10_000,
    respell: null,
    counters: [],
    slo: null,
    workDigest: id,
    ...changes,
  }
}
