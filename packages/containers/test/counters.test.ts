import { describe, expect, it } from 'vitest'
import { cgroupFolders } from '../src/session/sampling/cgroup.js'
import { cpuOfV1, cpuOfV2, hostReadingOf, memoryOf, segmentsOf, trafficOf } from '../src/session/sampling/counters.js'
import { cut } from '../src/session/sampling/sampler.js'
import { parseStatsLine, readingOfStats } from '../src/session/sampling/stats.js'

describe('CPU counters of a cgroup', () => {
  it('takes the exact sum and the coarse split of version 1', () => {
    expect(
      cpuOfV1({
        'cpuacct.usage': '31912092062\n',
        'cpuacct.stat': 'user 2631\nsystem 559\n',
        'cpu.stat': 'nr_periods 47\nnr_throttled 7\nthrottled_time 512345678\nnr_bursts 0\nburst_time 0\n',
      }),
    ).toEqual({
      cpuTotalSeconds: 31.912092062,
      cpuUserSeconds: 26.31,
      cpuSystemSeconds: 5.59,
      periods: 47,
      throttledPeriods: 7,
      throttledSeconds: 0.512345678,
    })
  })

  it.each([
    {
      because: 'with a quota, everything is there',
      text: 'usage_usec 2010467\nuser_usec 1660123\nsystem_usec 350344\ncore_sched.force_idle_usec 0\nnr_periods 47\nnr_throttled 7\nthrottled_usec 512345\nnr_bursts 0\nburst_usec 0\n',
      expected: [2.010467, 1.660123, 0.350344, 47, 7, 0.512345],
    },
    {
      because: 'without a quota nothing was throttled, even if no line says so',
      text: 'usage_usec 2010467\nuser_usec 1660123\nsystem_usec 350344\n',
      expected: [2.010467, 1.660123, 0.350344, 0, 0, 0],
    },
    { because: 'a file that is gone says nothing', text: null, expected: [null, null, null, null, null, null] },
  ])('version 2: $because', ({ text, expected }) => {
    const cpu = cpuOfV2(text)
    expect([
      cpu.cpuTotalSeconds,
      cpu.cpuUserSeconds,
      cpu.cpuSystemSeconds,
      cpu.periods,
      cpu.throttledPeriods,
      cpu.throttledSeconds,
    ]).toEqual(expected)
  })

  it('is null, not zero, where version 1 has no file', () => {
    const cpu = cpuOfV1({ 'cpuacct.usage': null, 'cpuacct.stat': null, 'cpu.stat': null })
    expect(new Set(Object.values(cpu))).toEqual(new Set([null]))
  })
})

describe('memory of a cgroup', () => {
  it.each([
    {
      because: 'version 1 counts children in total_*, and shared memory as cache',
      text: 'cache 5\nrss 7\nshmem 1\ntotal_cache 411516928\ntotal_rss 416477184\ntotal_shmem 11516928\ntotal_inactive_anon 416403456\n',
      expected: { memoryAnonBytes: 416477184 + 11516928, memoryFileBytes: 400000000 },
    },
    {
      because: 'version 2 says anon and file, shared memory in file',
      text: 'anon 62091264\nfile 1135168\nkernel 2000000\nshmem 135168\nfile_mapped 28672\ninactive_file 4096\n',
      expected: { memoryAnonBytes: 62226432, memoryFileBytes: 1000000 },
    },
    {
      because: 'a file that is gone says nothing',
      text: null,
      expected: { memoryAnonBytes: null, memoryFileBytes: null },
    },
  ])('$because', ({ text, expected }) => expect(memoryOf(text)).toEqual(expected))
})

describe('traffic', () => {
  const header = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`
  it('adds all interfaces but the loopback', () => {
    const text = `${header}    lo:  999       9    0    0    0     0          0         0      999       9    0    0    0     0       0          0
  eth0: 31994556    1732    0    0    0     0          0         0   166189    1573    0    0    0     0       0          0
  eth1:4    1    0    0    0     0          0         0   6    1    0    0    0     0       0          0
`
    expect(trafficOf(text)).toEqual({ rxBytes: 31994560, txBytes: 166195 })
  })

  it('is null when it cannot be read', () => expect(trafficOf(null)).toEqual({ rxBytes: null, txBytes: null }))
})

describe('the host', () => {
  const stat = 'cpu  52194 3221 21250 136742 1861 5 2447 79 300 0\ncpu0 24717 1725 9723 71092 466 0 1156 34 0 0\n'
  const pressure =
    'some avg10=78.02 avg60=36.47 avg300=21.93 total=168874648\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=5\n'

  it('tells busy, idle, stolen and waiting time apart', () => {
    const reading = hostReadingOf(1000, stat, pressure)
    expect(reading.atMs).toBe(1000)
    expect(reading.busySeconds).toBeCloseTo(521.94 + 32.21 + 212.5 + 0.05 + 24.47, 9)
    expect(reading.idleSeconds).toBeCloseTo(1367.42 + 18.61, 9)
    expect(reading.stealSeconds).toBeCloseTo(0.79, 9)
    expect(reading.pressureSeconds).toBeCloseTo(168.874648, 9)
  })

  it('knows nothing where there are no such files', () => {
    expect(hostReadingOf(1, null, null)).toEqual({
      atMs: 1,
      busySeconds: null,
      idleSeconds: null,
      stealSeconds: null,
      pressureSeconds: null,
    })
  })
})

describe("the engine's statistics", () => {
  const version1 =
    '{"read":"2026-11-25T12:45:05.455619874Z","preread":"0001-01-01T00:00:00Z","pids_stats":{"current":10},"num_procs":0,"storage_stats":{},"cpu_stats":{"cpu_usage":{"total_usage":2010467131,"percpu_usage":[0,2010467131],"usage_in_kernelmode":340000000,"usage_in_usermode":1660000000},"system_cpu_usage":17206060000000,"online_cpus":2,"throttling_data":{"periods":0,"throttled_periods":0,"throttled_time":0}},"precpu_stats":{"cpu_usage":{"total_usage":0,"usage_in_kernelmode":0,"usage_in_usermode":0},"throttling_data":{"periods":0,"throttled_periods":0,"throttled_time":0}},"memory_stats":{"usage":65736704,"max_usage":66125824,"stats":{"active_anon":8192,"cache":135168,"inactive_anon":62078976,"inactive_file":4096,"rss":62091264,"total_active_anon":108192,"total_cache":135168,"total_inactive_anon":62078976,"total_inactive_file":4096,"total_rss":62091264},"limit":1073741824},"name":"/target","id":"a85e","networks":{"eth0":{"rx_bytes":831367,"tx_bytes":213553},"eth1":{"rx_bytes":3,"tx_bytes":7}}}'
  const version2 =
    '{"read":"2025-03-01T10:00:01.5Z","preread":"2025-03-01T10:00:00.5Z","pids_stats":{"current":3,"limit":2048},"cpu_stats":{"cpu_usage":{"total_usage":1234567000,"usage_in_kernelmode":234567000,"usage_in_usermode":1000000000},"system_cpu_usage":99,"online_cpus":8,"throttling_data":{"periods":47,"throttled_periods":7,"throttled_time":512345000}},"memory_stats":{"usage":12345678,"stats":{"active_anon":0,"anon":4096000,"file":1048576,"inactive_file":900000,"shmem":48576},"limit":536870912},"name":"/target","id":"b","networks":{"eth0":{"rx_bytes":10,"tx_bytes":20}}}'

  it('reads version 1, where shared memory only shows on the lists of anonymous pages', () => {
    expect(parseStatsLine(version1)).toEqual({
      atMs: Date.parse('2026-11-25T12:45:05.455Z'),
      cpuTotalSeconds: 2.010467131,
      cpuUserSeconds: 1.66,
      cpuSystemSeconds: 0.34,
      throttledSeconds: 0,
      throttledPeriods: 0,
      periods: 0,
      memoryAnonBytes: 62187168,
      memoryFileBytes: 39264,
      rxBytes: 831370,
      txBytes: 213560,
    })
  })

  it('reads version 2', () => {
    expect(parseStatsLine(version2)).toMatchObject({
      cpuTotalSeconds: 1.234567,
      throttledSeconds: 0.512345,
      throttledPeriods: 7,
      periods: 47,
      memoryAnonBytes: 4144576,
      memoryFileBytes: 1000000,
      rxBytes: 10,
      txBytes: 20,
    })
  })

  it.each([
    {
      because: 'a container that never ran has zeros for everything',
      line: '{"read":"0001-01-01T00:00:00Z","cpu_stats":{"cpu_usage":{"total_usage":0}},"memory_stats":{}}',
    },
    {
      because: 'a container that ended has them too',
      line: '{"read":"2025-03-01T10:00:01Z","cpu_stats":{"cpu_usage":{"total_usage":0}},"memory_stats":{}}',
    },
    { because: 'a stream that was cut off ends with half a line', line: '{"read":"2025-03-01T10:0' },
  ])('is no reading: $because', ({ line }) => expect(parseStatsLine(line)).toBeNull())

  it('knows no memory or traffic when the engine says none', () => {
    const reading = readingOfStats({ read: '2025-03-01T10:00:01Z', cpu_stats: { cpu_usage: { total_usage: 5 } } })
    expect(reading).toMatchObject({ memoryAnonBytes: null, memoryFileBytes: null, rxBytes: null, periods: null })
  })
})

describe('folders of a cgroup', () => {
  const id = '3d374b274ec5'
  const v1 = `9:name=systemd:/docker/${id}\n4:memory:/docker/${id}\n2:cpuacct:/docker/${id}\n1:cpu:/docker/${id}\n0::/docker/${id}\n`
  const v1Mounts = `32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
33 31 0:30 / /sys/fs/cgroup/cpuacct rw,relatime - cgroup cgroup rw,cpuacct
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
`
  it.each([
    {
      because: 'version 1 with each controller for itself',
      cgroup: v1,
      mounts: v1Mounts,
      expected: {
        version: '1',
        cpuacct: `/sys/fs/cgroup/cpuacct/docker/${id}`,
        cpu: `/sys/fs/cgroup/cpu/docker/${id}`,
        memory: `/sys/fs/cgroup/memory/docker/${id}`,
      },
    },
    {
      because: 'version 1 as systemd mounts it, two controllers together',
      cgroup: `8:memory:/system.slice/docker-${id}.scope\n4:cpu,cpuacct:/system.slice/docker-${id}.scope\n`,
      mounts: `30 25 0:26 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:10 - cgroup cgroup rw,cpu,cpuacct
31 25 0:27 / /sys/fs/cgroup/memory rw,nosuid shared:11 - cgroup cgroup rw,memory
`,
      expected: {
        version: '1',
        cpuacct: `/sys/fs/cgroup/cpu,cpuacct/system.slice/docker-${id}.scope`,
        cpu: `/sys/fs/cgroup/cpu,cpuacct/system.slice/docker-${id}.scope`,
        memory: `/sys/fs/cgroup/memory/system.slice/docker-${id}.scope`,
      },
    },
    {
      because: 'version 2',
      cgroup: `0::/system.slice/docker-${id}.scope\n`,
      mounts: '29 22 0:25 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n',
      expected: { version: '2', folder: `/sys/fs/cgroup/system.slice/docker-${id}.scope` },
    },
    {
      because: 'a container has the hierarchy of the machine besides its own part, as the probe has',
      cgroup: `0::/system.slice/docker-${id}.scope\n`,
      mounts:
        '29 22 0:25 /system.slice/docker-probe.scope /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n' +
        '30 22 0:25 / /host/cgroup ro - cgroup2 cgroup2 rw\n',
      expected: { version: '2', folder: `/host/cgroup/system.slice/docker-${id}.scope` },
    },
    {
      because: 'only a part of the hierarchy is mounted, and it is in it',
      cgroup: `0::/outer/docker/${id}\n`,
      mounts: '29 22 0:25 /outer /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n',
      expected: { version: '2', folder: `/sys/fs/cgroup/docker/${id}` },
    },
    {
      because: 'only a part is mounted, and it is outside',
      cgroup: `0::/system.slice/docker-${id}.scope\n`,
      mounts: '29 22 0:25 /outer /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n',
      expected: null,
    },
    { because: 'nothing is mounted', cgroup: v1, mounts: '', expected: null },
    {
      because: 'the unified hierarchy of hybrid mode has no controllers',
      cgroup: v1,
      mounts: '41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n',
      expected: null,
    },
  ])('$because', ({ cgroup, mounts, expected }) => expect(cgroupFolders(cgroup, mounts)).toEqual(expected))
})

describe('TCP segments of a network', () => {
  const names = 'Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens InSegs OutSegs RetransSegs InErrs'
  it.each([
    {
      because: 'they stand below their names',
      snmp: `Ip: Forwarding DefaultTTL\nIp: 1 64\n${names}\nTcp: 1 200 120000 -1 7 41 1234 5 0\nUdp: InDatagrams\nUdp: 3\n`,
      expected: { tcpSegments: 1234, tcpRetransmits: 5 },
    },
    {
      because: 'one that came twice was not lost',
      snmp: `${names}\nTcp: 1 200 120000 -1 7 41 1234 5 0\n`,
      netstat: 'TcpExt: SyncookiesSent TCPDSACKRecv TCPDSACKOfoRecv\nTcpExt: 0 3 1\nIpExt: InOctets\nIpExt: 7\n',
      expected: { tcpSegments: 1234, tcpRetransmits: 1 },
    },
    {
      because: 'the other side may say of one twice that it came twice',
      snmp: `${names}\nTcp: 1 200 120000 -1 7 41 1234 5 0\n`,
      netstat: 'TcpExt: TCPDSACKRecv\nTcpExt: 6\n',
      expected: { tcpSegments: 1234, tcpRetransmits: 0 },
    },
    {
      because: 'a kernel that does not count them says nothing',
      snmp: 'Tcp: RtoAlgorithm OutSegs\nTcp: 1 3\n',
      expected: { tcpSegments: 3, tcpRetransmits: null },
    },
    {
      because: 'half a file says nothing',
      snmp: `${names}\n`,
      expected: { tcpSegments: null, tcpRetransmits: null },
    },
    {
      because: 'a file that is gone says nothing',
      snmp: null,
      expected: { tcpSegments: null, tcpRetransmits: null },
    },
  ])('$because', ({ snmp, netstat = null, expected }) => expect(segmentsOf(snmp, netstat)).toEqual(expected))
})

describe('a window of readings', () => {
  const readings = [100, 200, 300, 400].map((atMs) => ({ atMs }))
  it.each([
    { from: 200, to: 300, expected: [100, 200, 300], because: 'the one before is the base of the first difference' },
    { from: 250, to: 260, expected: [200], because: 'between two readings only the base is left' },
    { from: 0, to: 150, expected: [100], because: 'there is none before the first' },
    { from: 500, to: 600, expected: [400], because: 'after the last, the last is the base' },
  ])('$from to $to: $because', ({ from, to, expected }) =>
    expect(cut(readings, from, to).map(({ atMs }) => atMs)).toEqual(expected),
  )
})
