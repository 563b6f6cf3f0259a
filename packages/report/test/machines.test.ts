/** A run on several machines says so: in its header, in summary.md, and on the page of its environment. */
import type { Results } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { aSite } from '../../core/test/builders.js'
import { sampleResults } from '../../core/test/fixtures-results.js'
import { renderHtml, renderSummary } from '../src/index.js'
import { machines } from '../src/sections/machines.js'
import { viewOf } from '../src/shared/subjects.js'

const one = sampleResults({ scenarios: ['predict'], repetitions: 2 })
const several: Results = {
  ...one,
  site: aSite(),
  calibration: one.calibration.map((each) => ({
    ...each,
    bench: 'bench-1',
    link: { roundTripUs: 240, bytesPerSecond: 117 * 1024 ** 2, mtu: 1450 },
  })),
}
const fleet: Results = {
  ...one,
  site: {
    ...aSite({ network: 'bridge', mtu: null }),
    benches: ['bench-1', 'db-1'].map((id) => ({ id, target: id, services: id, agents: [id] })),
    hosts: aSite().hosts.slice(0, 2),
  },
}
const section = (results: Results) => String(machines(viewOf(results)) ?? '').replaceAll(/<[^>]*>/g, ' ')

describe('the machines of a run', () => {
  it('are not mentioned where there is one', () => {
    expect(machines(viewOf(one))).toBeNull()
    expect(renderSummary(one)).not.toMatch(/\d machines/)
  })

  it.each([
    { of: several, words: '4 machines over an overlay network' },
    { of: fleet, words: '2 machines, each by itself' },
  ])('are counted in the header and in summary.md: $words', ({ of, words }) => {
    expect(renderHtml(of)).toContain(`<span>${words}</span>`)
    expect(renderSummary(of).split('\n')[2]).toContain(words)
  })

  it('are listed with their roles, addresses and ways', () => {
    const text = section(several)
    expect(text).toContain('Target on bench-1, services on db-1, load agents on load-1 and load-2')
    for (const { name, address } of several.site!.hosts) {
      expect(text).toContain(name)
      expect(text).toContain(address)
    }
    expect(text).toMatch(/0\.24\s.*117 MiB/s)
    expect(text).toContain('1,450')
  })

  it('have no ways between them in a fleet, whose benches are one machine each', () => {
    const text = section(fleet)
    expect(text).toContain('All on bench-1')
    expect(text).toContain('Bridge of one machine')
    expect(text).not.toContain('Round trip')
  })
})
