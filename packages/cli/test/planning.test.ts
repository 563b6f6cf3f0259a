import type { Hole } from '@bakeoff/containers'
import type { EngineFacts, HostFacts } from '@bakeoff/model'
import { expect, it } from 'vitest'
import { toPlanOptions } from '../src/commands/shared/planning.js'
import { makePlan } from '../src/planning.js'
import { readCatalogue } from '../src/project.js'
import type { Machine } from '../src/workbench.js'

const GIB = 1024 ** 3
const root = new URL('../../..', import.meta.url).pathname
const project = { root, home: root, reports: '/nowhere' }

const host: HostFacts = {
  hostname: 'bench',
  os: 'Linux 6.12',
  kernel: '6.12',
  architecture: 'x64',
  cpuModel: 'Fast 9',
  cpus: Array.from({ length: 16 }, (_, id) => ({ id, core: id, package: 0, l3: 0, kind: 'performance' as const })),
  memoryBytes: 64 * GIB,
  diskFreeBytes: 100 * GIB,
  governor: 'performance',
  autogroup: false,
  cpuPressure: 0,
  virtualisation: null,
  nodeVersion: 'v20.20.2',
}

const facts: EngineFacts = {
  name: 'Docker Engine',
  version: '20.10.24',
  apiVersion: '1.41',
  endpoint: 'unix:///var/run/docker.sock',
  foundBy: 'the system socket',
  cgroupVersion: '2',
  cgroupDriver: 'systemd',
  storageDriver: 'overlay2',
  rootless: false,
  reducedTruth: false,
  operatingSystem: 'Debian',
  architecture: 'x86_64',
  cpus: 16,
  memoryBytes: 64 * GIB,
  sameKernel: true,
}

const hole = (id: string, closedBy: string | null): Hole => ({
  id,
  component: 'engine',
  fixedIn: ['99.0.0'],
  means: 'gets out',
  closedBy,
  version: '20.10.24',
  packaged: null,
})

function warningsWith(holes: readonly Hole[]): string[] {
  const machine = { host, engine: { facts, holes } } as unknown as Machine
  const setting = { project, catalogue: readCatalogue(project), machine }
  const plan = makePlan(setting, toPlanOptions({ scenario: ['predict'] }), new Date(0))
  return plan.warnings.filter(({ what }) => what.includes('hole')).map(({ why }) => why)
}

it.each([
  { because: 'there are none', holes: [], expected: [] },
  { because: 'the testbed closes it', holes: [hole('CVE-1', 'the testbed')], expected: [] },
  {
    because: 'two are open',
    holes: [hole('CVE-1', 'the testbed'), hole('CVE-2', null), hole('CVE-3', null)],
    expected: [expect.stringMatching(/^CVE-2, .* a container gets out\. CVE-3, .* a container gets out\.$/)],
  },
])('the plan warns of holes of the engine: $because', ({ holes, expected }) =>
  expect(warningsWith(holes)).toEqual(expected),
)
