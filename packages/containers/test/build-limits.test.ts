import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { buildLimits, buildsAtOnce } from '../src/images/build-limits.js'
import { BuildLog } from '../src/images/build-log.js'

const GIB = 1024 ** 3

describe('what a build may take', () => {
  it.each([
    { memory: 4, builds: 1, each: 3.2 },
    { memory: 8, builds: 2, each: 3.2 },
    { memory: 64, builds: 2, each: 25.6 },
  ])('of $memory GiB: $builds at once, $each GiB each', ({ memory, builds, each }) => {
    expect(buildsAtOnce(memory * GIB)).toBe(builds)
    expect(buildLimits(memory * GIB, {}).memoryBytes / GIB).toBeCloseTo(each)
  })

  it.each([
    { given: undefined, totalMs: 7_200_000, silentMs: 1_800_000 },
    { given: '', totalMs: 7_200_000, silentMs: 1_800_000 },
    { given: '240', totalMs: 14_400_000, silentMs: 3_600_000 },
  ])('time, with BAKEOFF_BUILD_MINUTES $given', ({ given, totalMs, silentMs }) =>
    expect(buildLimits(GIB, { BAKEOFF_BUILD_MINUTES: given })).toMatchObject({ totalMs, silentMs }),
  )

  it.each(['soon', '0', '-1', '1e9'])('no time that is none: "%s"', (given) =>
    expect(() => buildLimits(GIB, { BAKEOFF_BUILD_MINUTES: given })).toThrow(
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
