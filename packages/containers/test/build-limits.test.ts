import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { buildLimits, buildsAtOnce } from '../src/building/build-limits.js'
import { BuildLog } from '../src/building/build-log.js'

const GIB = 1024 ** 3

describe('what a build may take', () => {
  it.each([
    { cores: 1, memory: 24, builds: 1, each: 19.2, because: 'one core has nothing for a second one' },
    { cores: 2, memory: 4, builds: 1, each: 3.2, because: 'a build wants 4 GiB' },
    { cores: 2, memory: 8, builds: 2, each: 3.2, because: 'two cores and 8 GiB bear two' },
    { cores: 2, memory: 24, builds: 2, each: 9.6, because: 'two cores bear two, however much memory there is' },
    { cores: 4, memory: 16, builds: 3, each: 4.27, because: 'half of the cores and one more' },
    { cores: 16, memory: 16, builds: 2, each: 6.4, because: 'a build starts sixteen compilers' },
    { cores: 16, memory: 64, builds: 6, each: 8.53, because: 'there is a most' },
    { cores: 64, memory: 256, builds: 6, each: 34.1, because: 'there is a most' },
    { cores: 64, memory: 16, builds: 1, each: 12.8, because: 'one always builds' },
  ])('$cores cores, $memory GiB: $builds at once, $each GiB each: $because', ({ cores, memory, builds, each }) => {
    const machine = { cores, memoryBytes: memory * GIB }
    expect(buildsAtOnce(machine)).toBe(builds)
    expect(buildLimits(machine, {}).memoryBytes / GIB).toBeCloseTo(each, 1)
  })

  it.each([
    { given: undefined, totalMs: 7_200_000, silentMs: 1_800_000 },
    { given: '', totalMs: 7_200_000, silentMs: 1_800_000 },
    { given: '240', totalMs: 14_400_000, silentMs: 3_600_000 },
  ])('time, with BAKEOFF_BUILD_MINUTES $given', ({ given, totalMs, silentMs }) =>
    expect(buildLimits({ cores: 2, memoryBytes: GIB }, { BAKEOFF_BUILD_MINUTES: given })).toMatchObject({
      totalMs,
      silentMs,
    }),
  )

  it.each(['soon', '0', '-1', '1e9'])('no time that is none: "%s"', (given) =>
    expect(() => buildLimits({ cores: 2, memoryBytes: GIB }, { BAKEOFF_BUILD_MINUTES: given })).toThrow(
      expect.objectContaining({ code: 'BAD_SPEC' }),
    ),
  )
})

it('keeps the beginning and the last lines of a log that has no end, and says what is between', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bakeoff-log-'))
  try {
    const log = await BuildLog.open(join(folder, 'deep/build.log'), 1e6)
    for (let line = 1; line <= 200_000; line++) log.take(`line ${line}`)
    log.take('')
    await log.close()
    const kept = await readFile(join(folder, 'deep/build.log'), 'utf8')
    expect(kept.length).toBeLessThan(1.01e6)
    expect(kept).toMatch(/^line 1\nline 2\n/)
    expect(kept).toMatch(/\n… \d+ more lines: a log is kept up to 1 MB. Its last ones:\nline 199971\n/)
    expect(kept).toMatch(/line 200000\n$/)
    expect(log.tail).toHaveLength(30)
  } finally {
    await rm(folder, { recursive: true })
  }
})
