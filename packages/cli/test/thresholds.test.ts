/** Where a line is drawn: docs/method.md, the legend of results.json and the page name the numbers of thresholds.ts, and no others. */
import { analyse, thresholds } from '@bakeoff/core'
import type { Results } from '@bakeoff/model'
import { renderHtml } from '@bakeoff/report'
import { afterEach, describe, expect, it } from 'vitest'
import { sampleResults } from '../../core/test/fixtures-results.js'
import { methodText } from '../../core/test/method-tables.js'
import { resultsOf } from './additions/results.js'

/** 0.029 → `2.9 %` */
const share = (value: number) => `${Number((value * 100).toPrecision(6))} %`
const { agent, network, unevenAgents, clock, shortest, trend, host, little, unaccounted } = thresholds

/** The words of docs/method.md in which each threshold stands. */
const IN_WORDS: Readonly<Record<string, readonly string[]>> = {
  'agent.eventLoop': [`| event loop of the busiest process | ${agent.eventLoop} |`],
  'agent.cpu': [`| CPU time ÷ cores of the agent | ${agent.cpu} |`],
  'agent.ceiling': [`| throughput ÷ ceiling | ${agent.ceiling} |`],
  'network.full': [`above ${share(network.full)} of the rate of one long answer`],
  'network.retransmits': [`more than ${share(network.retransmits)} of TCP segments lost`],
  'unevenAgents.rate': [`less than ${share(unevenAgents.rate)} of what another got`],
  'unevenAgents.lateMs': [`windows more than ${unevenAgents.lateMs} ms apart`],
  oddBench: [`lies more than ${share(thresholds.oddBench)} from the median of the others`],
  'clock.hidesColdStart': [`clocks aligned within more than ${clock.hidesColdStart} ms`],
  'clock.doubts': [`; ${clock.doubts} ms | explains; doubts |`],
  instruments: [
    `wrk differs by more than ${share(thresholds.instruments)}`,
    `agree within ${share(thresholds.instruments)}`,
  ],
  errorsTolerated: [`| errors | above the slo, else ${share(thresholds.errorsTolerated)};`],
  errorsInvalidate: [
    `else ${share(thresholds.errorsTolerated)}; above ${share(thresholds.errorsInvalidate)} |`,
    `| timeouts | any; above ${share(thresholds.errorsInvalidate)} |`,
  ],
  'shortest.seconds': [`| too-short | under ${shortest.seconds} s,`],
  'shortest.responses': [`or under ${shortest.responses} mean response times;`],
  'shortest.answers': [`1 to ${shortest.answers - 1} right answers`, `scatters by 1/√${shortest.answers} = 7 %`],
  'shortest.ofNeeded': [`under ${share(shortest.ofNeeded)} of the mean response times or of the corpus`],
  warmUpTells: [`one of under ${thresholds.warmUpTells / 1000} s that could not tell`],
  'trend.p': [`a straight line with p < ${trend.p},`],
  'trend.change': [`or a change point: more than ${share(trend.change)} |`],
  unsent: [`more than ${share(thresholds.unsent)} of what was due never sent`],
  'host.others': [`others used ${share(host.others)} of the machine`],
  'host.othersUnderPressure': [`or ${share(host.othersUnderPressure)} while something waited for a CPU`],
  'host.pressure': [`waited for a CPU in ${share(host.pressure)} of the time`],
  'host.steal': [`; ${share(host.steal)} stolen |`],
  sharedCoresFull: [`those were ${share(thresholds.sharedCoresFull)} full`],
  lateSends: [`more than ${share(thresholds.lateSends)} of sends over 5 ms late`],
  throttled: [`a quota in more than ${share(thresholds.throttled)} of the window`],
  full: [
    `| target-cpu | ${share(thresholds.full)} of its cores used`,
    `a service used ${share(thresholds.full)} of its cores`,
  ],
  atCap: [`at the cap from ${share(thresholds.atCap)} of it`],
  memoryFull: [`for memory; ${share(thresholds.memoryFull)} of the cap held`],
  idle: [`no component above ${share(thresholds.idle)}`],
  'little.low': [`must be ${little.low} to ${little.high} of the connections`],
  'little.high': [`must be ${little.low} to ${little.high} of the connections`],
  'unaccounted.doubts': [
    `above ${share(unaccounted.doubts)} it casts doubt`,
    `more than ${share(unaccounted.doubts)} of the connections' time`,
  ],
  'unaccounted.invalidates': [
    `above ${share(unaccounted.invalidates)} without an answer it invalidates`,
    `more than ${share(unaccounted.invalidates)} in requests without an answer`,
  ],
  'unaccounted.told': [`parts of up to ${share(unaccounted.told)} are not mentioned`],
  workSkipped: [`beyond ${share(thresholds.workSkipped)} and one for each connection`],
  serviceLate: [`with more than ${share(thresholds.serviceLate)} of what its script says`],
  relevantDifference: [
    `the whole interval lies beyond ± ${share(thresholds.relevantDifference)}`,
    `(${1 + thresholds.relevantDifference} × the half width)`,
    `are those of throughput within ${share(thresholds.relevantDifference)}`,
  ],
  significance: [`hold at once with ${share(1 - thresholds.significance)}`],
  windowsWithin: [`**nine of ten windows** (${share(thresholds.windowsWithin)}) do`],
  sameSize: [`whose sizes differ by at most ${share(thresholds.sameSize)}`],
  claimTolerance: [`or within ${share(thresholds.claimTolerance)} of it`],
}

/** `agent.eventLoop`, `instruments`: the names of all numbers in it. */
function namesIn(value: object, before = ''): string[] {
  return Object.entries(value).flatMap(([name, each]) =>
    typeof each === 'number' ? [before + name] : namesIn(each as object, `${before}${name}.`),
  )
}

describe('docs/method.md', () => {
  it('names every threshold', () => expect(Object.keys(IN_WORDS).sort()).toEqual(namesIn(thresholds).sort()))

  it.each(Object.entries(IN_WORDS).flatMap(([name, all]) => all.map((words) => ({ name, words }))))(
    '$name: “$words”',
    ({ words }) => expect(methodText).toContain(words),
  )
})

const textOf = (results: Results) =>
  renderHtml(results)
    .replaceAll(/<script[\s\S]*?<\/script>|<[^>]+>/g, '')
    .replaceAll(/[\u00a0\u202f]/g, ' ')

describe('the page', () => {
  const results = sampleResults({ repetitions: 3 })

  it('has them from the legend of results.json, and the legend from thresholds.ts', () =>
    expect(results.legend.thresholds).toEqual({
      agentCpu: agent.cpu,
      atCap: thresholds.atCap,
      relevantDifference: thresholds.relevantDifference,
      significance: thresholds.significance,
    }))

  it('says what counts as a difference, as the document does', () => {
    const text = textOf(results)
    expect(text).toContain(`must lie beyond ${share(thresholds.relevantDifference)}`)
    expect(text).toContain(`hold at once with ${share(1 - thresholds.significance)} confidence`)
    expect(text).toContain(`Share of the measured window at ${share(thresholds.atCap)} of the cap or more`)
  })

  it('has no number of its own', () => {
    const moved = { ...results.legend.thresholds, relevantDifference: 0.07, atCap: 0.83, agentCpu: 0.63 }
    const text = textOf({ ...results, legend: { ...results.legend, thresholds: moved } })
    expect(text).toContain('must lie beyond 7 %')
    expect(text).not.toMatch(/lie(?:s)? beyond (?:± )?3 %/)
    expect(text).toContain('at 83 % of the cap or more')
    expect(text).not.toContain(`at ${share(thresholds.atCap)} of the cap`)
    expect(text).toContain('at 63 % of its cores')
    expect(text).not.toContain(`at ${share(agent.cpu)} of its cores`)
  })
})

describe('a threshold that is moved', () => {
  const set = (cpu: number) => Object.assign(thresholds.agent, { cpu })
  const before = agent.cpu
  afterEach(() => set(before))

  it.each([
    { limit: before, evidence: null },
    { limit: 0.63, evidence: 'the agent used 70 % of its 1 core (limit 63 %)' },
  ])('moves the limit of the verdict and the line on the page: $limit', ({ limit, evidence }) => {
    set(limit)
    const results = resultsOf({ analyse }, { agentCores: 0.7 })
    const found = results.cells[0]?.verdict?.causes.find(({ cause }) => cause === 'agent-bound')
    if (evidence === null) expect(found).toBeUndefined()
    else expect(found?.evidence).toContain(evidence)
    expect(results.legend.thresholds.agentCpu).toBe(limit)
    expect(textOf(results)).toContain(`at ${share(limit)} of its cores`)
  })
})
