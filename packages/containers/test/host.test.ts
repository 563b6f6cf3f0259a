import { describe, expect, it } from 'vitest'
import { asEngineSees } from '../src/host/engine-view.js'
import { filesToRead, type HostBasics, onlineFile, parseCpuList, parseHostFacts } from '../src/host/parse.js'
import { readHostFacts } from '../src/host/read.js'

const basics: HostBasics = {
  hostname: 'bench',
  osName: 'Linux 6.12.1',
  kernel: '6.12.1',
  architecture: 'x64',
  cpuModels: ['Some Processor', 'Some Processor'],
  memoryBytes: 1,
  diskFreeBytes: 5e9,
  nodeVersion: 'v20.20.2',
}

/** A tree as /sys has it: siblings and caches as lists of processors. */
function tree(
  online: string,
  cpus: readonly { id: number; siblings: string; l3?: string; package?: number; capacity?: number }[],
  more: Record<string, string> = {},
): Map<string, string> {
  const files = new Map([[onlineFile, `${online}\n`], ...Object.entries(more)])
  for (const { id, siblings, l3, package: socket = 0, capacity } of cpus) {
    const folder = `/sys/devices/system/cpu/cpu${id}`
    files.set(`${folder}/topology/core_id`, `${id % 2}\n`) // as on two sockets: not unique on the machine
    files.set(`${folder}/topology/physical_package_id`, `${socket}\n`)
    files.set(`${folder}/topology/thread_siblings_list`, `${siblings}\n`)
    files.set(`${folder}/cache/index0/level`, '1\n')
    files.set(`${folder}/cache/index0/shared_cpu_list`, `${siblings}\n`)
    if (capacity !== undefined) files.set(`${folder}/cpu_capacity`, `${capacity}\n`)
    if (l3 === undefined) continue
    files.set(`${folder}/cache/index3/level`, '3\n')
    files.set(`${folder}/cache/index3/shared_cpu_list`, `${l3}\n`)
  }
  return files
}

const columns = (files: Map<string, string>) =>
  parseHostFacts(files, basics).cpus.map(
    (cpu) => `${cpu.id}: core ${cpu.core} of ${cpu.package}, L3 ${cpu.l3}, ${cpu.kind}`,
  )

describe('the identity of a machine', () => {
  const idOf = (text: string | null) =>
    parseHostFacts(new Map(text === null ? [] : [['/etc/machine-id', text]]), basics).machineId

  it('is the same at every reading, another on another machine, and never the id itself', () => {
    const id = '3d1219c7c4c5404aaa1f6d2a48adfda4'
    expect(idOf(`${id}\n`)).toMatch(/^[0-9a-f]{16}$/)
    expect(idOf(id)).toBe(idOf(`${id}\n`))
    expect(idOf(id)).not.toBe(idOf('00000000000000000000000000000001'))
    expect(id).not.toContain(idOf(id))
  })

  it.each([null, '', 'uninitialized\n'])('is unknown where the system says %j', (text) => {
    expect(idOf(text)).toBeNull()
  })
})

describe('topology', () => {
  it.each([
    {
      because: 'a small virtual machine has two cores and one cache',
      files: tree('0-1', [
        { id: 0, siblings: '0', l3: '0-1' },
        { id: 1, siblings: '1', l3: '0-1' },
      ]),
      expected: ['0: core 0 of 0, L3 0, performance', '1: core 1 of 0, L3 0, performance'],
    },
    {
      because: 'hardware threads of one core share its number, whatever theirs are',
      files: tree('0-3', [
        { id: 0, siblings: '0,2', l3: '0-3' },
        { id: 1, siblings: '1,3', l3: '0-3' },
        { id: 2, siblings: '0,2', l3: '0-3' },
        { id: 3, siblings: '1,3', l3: '0-3' },
      ]),
      expected: [
        '0: core 0 of 0, L3 0, performance',
        '1: core 1 of 0, L3 0, performance',
        '2: core 0 of 0, L3 0, performance',
        '3: core 1 of 0, L3 0, performance',
      ],
    },
    {
      because: 'Intel lists its efficiency cores',
      files: tree(
        '0-3',
        [
          { id: 0, siblings: '0-1', l3: '0-3' },
          { id: 1, siblings: '0-1', l3: '0-3' },
          { id: 2, siblings: '2', l3: '0-3' },
          { id: 3, siblings: '3', l3: '0-3' },
        ],
        { '/sys/devices/cpu_core/cpus': '0-1\n', '/sys/devices/cpu_atom/cpus': '2-3\n' },
      ),
      expected: [
        '0: core 0 of 0, L3 0, performance',
        '1: core 0 of 0, L3 0, performance',
        '2: core 2 of 0, L3 0, efficiency',
        '3: core 3 of 0, L3 0, efficiency',
      ],
    },
    {
      because: 'ARM says how much each core can do; a favoured core is not another kind',
      files: tree('0-2', [
        { id: 0, siblings: '0', capacity: 446 },
        { id: 1, siblings: '1', capacity: 980 },
        { id: 2, siblings: '2', capacity: 1024 },
      ]),
      expected: [
        '0: core 0 of 0, L3 null, efficiency',
        '1: core 1 of 0, L3 null, performance',
        '2: core 2 of 0, L3 null, performance',
      ],
    },
    {
      because: 'two caches in one package are told apart',
      files: tree('0-3', [
        { id: 0, siblings: '0', l3: '0-1' },
        { id: 1, siblings: '1', l3: '0-1' },
        { id: 2, siblings: '2', l3: '2-3' },
        { id: 3, siblings: '3', l3: '2-3' },
      ]),
      expected: [
        '0: core 0 of 0, L3 0, performance',
        '1: core 1 of 0, L3 0, performance',
        '2: core 2 of 0, L3 2, performance',
        '3: core 3 of 0, L3 2, performance',
      ],
    },
    {
      because: 'two sockets repeat their core numbers, and a processor that is off is not there',
      files: tree('0,2', [
        { id: 0, siblings: '0', l3: '0', package: 0 },
        { id: 2, siblings: '2', l3: '2', package: 1 },
      ]),
      expected: ['0: core 0 of 0, L3 0, performance', '2: core 2 of 1, L3 2, performance'],
    },
    {
      because: 'without /sys there are as many flat cores as Node counts',
      files: new Map<string, string>(),
      expected: ['0: core 0 of 0, L3 null, performance', '1: core 1 of 0, L3 null, performance'],
    },
  ])('$because', ({ files, expected }) => expect(columns(files)).toEqual(expected))

  it('asks for every file that it then reads', () => {
    const asked = new Set([onlineFile, ...filesToRead('0-1')])
    const files = tree('0-1', [
      { id: 0, siblings: '0', l3: '0', capacity: 1024 },
      { id: 1, siblings: '1', l3: '1' },
    ])
    expect([...files.keys()].filter((path) => !asked.has(path))).toEqual([])
  })
})

describe('the rest of the machine', () => {
  it('reads what the files say', () => {
    const files = tree('0', [{ id: 0, siblings: '0' }], {
      '/etc/os-release': 'NAME="Debian GNU/Linux"\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nID=debian\n',
      '/proc/cpuinfo': 'processor\t: 0\nmodel name\t: AMD Ryzen 9 7950X\nflags\t\t: fpu vme hypervisor\n',
      '/proc/meminfo': 'MemTotal:       24683656 kB\nMemFree:        1 kB\n',
      '/proc/pressure/cpu':
        'some avg10=78.02 avg60=36.47 avg300=21.93 total=168874648\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n',
      '/proc/sys/kernel/sched_autogroup_enabled': '1\n',
      '/sys/class/dmi/id/sys_vendor': 'QEMU\n',
      '/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor': 'powersave\n',
    })
    expect(parseHostFacts(files, basics)).toMatchObject({
      os: 'Debian GNU/Linux 13 (trixie)',
      architecture: 'amd64',
      cpuModel: 'AMD Ryzen 9 7950X',
      memoryBytes: 24683656 * 1024,
      governor: 'powersave',
      autogroup: true,
      cpuPressure: 0.7802,
      virtualisation: 'QEMU',
    })
  })

  it('leaves null what no file says', () => {
    expect(parseHostFacts(new Map(), { ...basics, cpuModels: ['unknown'] })).toMatchObject({
      os: 'Linux 6.12.1',
      cpuModel: null,
      memoryBytes: 1,
      governor: null,
      autogroup: null,
      cpuPressure: null,
      virtualisation: null,
    })
  })

  it.each([
    { kernel: '5.15.167.4-microsoft-standard-WSL2', vendor: '', flags: 'hypervisor', expected: 'WSL' },
    { kernel: '6.1.0', vendor: 'Amazon EC2', flags: 'hypervisor', expected: 'Amazon EC2' },
    { kernel: '6.1.0', vendor: 'Microsoft Corporation', flags: 'hypervisor', expected: 'virtual machine' },
    { kernel: '6.1.0', vendor: 'Microsoft Corporation', flags: 'fpu', expected: null },
    { kernel: '6.1.0', vendor: 'LENOVO', flags: 'fpu vme', expected: null },
  ])('calls $kernel on "$vendor" with flags $flags: $expected', ({ kernel, vendor, flags, expected }) => {
    const files = new Map([
      ['/sys/class/dmi/id/sys_vendor', vendor],
      ['/proc/cpuinfo', `flags\t\t: ${flags}\n`],
    ])
    expect(parseHostFacts(files, { ...basics, kernel }).virtualisation).toBe(expected)
  })

  it('reads this machine', async () => {
    const facts = await readHostFacts()
    expect(facts.cpus.length).toBeGreaterThan(0)
    expect(new Set(facts.cpus.map(({ id }) => id)).size).toBe(facts.cpus.length)
    expect(facts.memoryBytes).toBeGreaterThan(2 ** 28)
    expect(facts.diskFreeBytes).toBeGreaterThan(0)
  })
})

describe('the machine that containers run on', () => {
  const host = parseHostFacts(
    tree('0-1', [
      { id: 0, siblings: '0-1' },
      { id: 1, siblings: '0-1' },
    ]),
    basics,
  )
  const engine = {
    name: 'Docker Engine',
    version: '28.0.0',
    apiVersion: '1.48',
    endpoint: 'unix:///s',
    foundBy: 'test',
    cgroupVersion: '2',
    cgroupDriver: 'systemd',
    storageDriver: 'overlay2',
    rootless: false,
    reducedTruth: false,
    operatingSystem: 'Docker Desktop',
    architecture: 'aarch64',
    cpus: 3,
    memoryBytes: 8e9,
    sameKernel: false,
  } as const

  it('is this one when the engine shares our kernel', () => {
    expect(asEngineSees(host, { ...engine, sameKernel: true })).toBe(host)
  })

  it('is what the engine says of it when it does not', () => {
    const seen = asEngineSees(host, engine)
    expect(seen).toMatchObject({ os: 'Docker Desktop', architecture: 'arm64', memoryBytes: 8e9, cpuPressure: null })
    expect(seen.cpus.map(({ id, core }) => [id, core])).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ])
  })
})

it.each([
  { text: '0-2,5\n', expected: [0, 1, 2, 5] },
  { text: '3', expected: [3] },
  { text: '\n', expected: [] },
])('reads the list $text', ({ text, expected }) => expect(parseCpuList(text)).toEqual(expected))
