import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { decide, upgradeResults } from '@bakeoff/core'
import { results as resultsSchema } from '@bakeoff/model'
import { describe, expect, it } from 'vitest'
import { transcriptIn } from '../../../scripts/transcript.mjs'
import { type SampleOptions, sampleResults } from '../../core/test/fixtures-results.js'
import { decisionLines } from '../src/decision-lines.js'
import { createPaint } from '../src/paint.js'
import { openTerminal } from '../src/terminal.js'
import { widthOf } from '../src/width.js'

const plain = createPaint(false).colours
const two: SampleOptions = { scenarios: ['predict', 'chat-batch'], failing: 'none' }

function ending(options: SampleOptions, columns = 80): string {
  return `\n${decisionLines(sampleResults(options).decision!, columns, plain).join('\n')}\n`
}

it('is in README.md as the run of reports/example ends (else write there what this expects)', () => {
  const root = new URL('../../../', import.meta.url)
  const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
  const example = resultsSchema.parse(upgradeResults(JSON.parse(read('reports/example/results.json'))))
  const lines = decisionLines(example.decision!, 80, plain)
  expect(transcriptIn(read('README.md'))).toBe(lines.join('\n'))
})

describe('the end of a run', () => {
  it('of one repetition is provisional, and says what would decide it', () =>
    expect(ending({ ...two, repetitions: 1 })).toMatchInlineSnapshot(`
      "
      The best target of each language, provisional (one repetition), in answers/s;
      chat-batch in tasks/s

                predict  chat-batch
      rust    77,624 +?       203
      go      73,564 +?       199
      node    45,216          200
      elixir  41,875 ?        200 ?
      python   8,143 ?d       122 d

      + at least: the load agent was the limit   ? suspect: it counts, with a doubt
      d a development server: never the winner

      predict     suspect (both: agent-bound): rust-axum serves at least 1.06× what
                  go-net-http does.
      chat-batch  rust-axum serves 1.01× what node-fastify does.

      To decide them:
        npm run matrix -- --repetitions 5

      Published sentences: 2 are undecided and 1 cannot be compared here.

      One repetition of each entry: how much the next one would differ is not known.
      Of the figures 15 of 35 are suspect, most because the load agent was the limit.
      "
    `))

  it('of three repetitions', () =>
    expect(ending({ ...two, repetitions: 3 })).toMatchInlineSnapshot(`
      "
      The best target of each language, in answers/s; chat-batch in tasks/s

                 predict  chat-batch
      rust    77,767 =+?      202 =
      go      73,564 =+?      203 =
      node    45,468          205 =
      elixir  43,134 ?        205 =?
      python   8,143 ?d       123 d

      = may be the best: not told apart from the first
      + at least: the load agent was the limit   ? suspect: it counts, with a doubt
      d a development server: never the winner

      predict     suspect (rust-axum, go-net-http: agent-bound), level: rust-axum and
                  go-net-http are not told apart: the load agent was the limit.
                  rust-axum serves at least 1.71× (1.65–1.77) what node-fastify does.
      chat-batch  suspect (elixir-cowboy: not-steady), level: node-fastify and 3
                  others are not told apart in 3 repetitions (a factor of 1.06 would
                  be).

      To decide chat-batch:
        npm run matrix -- --repetitions 5 --scenario chat-batch

      Published sentences: 2 hold in direction and 1 cannot be compared here.

      3 repetitions of each entry, in fresh containers; throughput varied by 1.2 %
        between them, at most 2.1 % (predict: elixir-cowboy).
      Of the figures 15 of 35 are suspect, most because the load agent was the limit.
      "
    `))

  it('of five repetitions in which some failed', () =>
    expect(ending({ ...two, failing: 'some' })).toMatchInlineSnapshot(`
      "
      The best target of each language, in answers/s; chat-batch in tasks/s

                 predict  chat-batch
      rust    79,015 =+?      205 =
      go      73,737 =+?      205 =
      node    45,783          206 =
      elixir  43,254 ?        204 =?
      python   8,309 ?d       124 d

      = may be the best: not told apart from the first
      + at least: the load agent was the limit   ? suspect: it counts, with a doubt
      d a development server: never the winner

      predict     suspect (rust-axum, go-net-http: agent-bound), level: rust-axum and
                  go-net-http are not told apart: the load agent was the limit.
                  rust-axum serves at least 1.73× (1.69–1.77) what node-fastify does.
      chat-batch  suspect (elixir-cowboy: not-steady), level: node-fastify and 3
                  others serve the same.

      Published sentences: 2 hold in direction and 1 cannot be compared here.

      5 repetitions of each entry, in fresh containers; throughput varied by 1.9 %
        between them, at most 2.9 % (chat-batch: go-net-http).
      Of the figures 15 of 35 are suspect, most because the load agent was the limit.
      "
    `))

  it('of one scenario on a machine of two cores has room for the names of targets', () =>
    expect(ending({ scenarios: ['ranknet'], small: true })).toMatchInlineSnapshot(`
      "
      The best target of each language, in answers/s

                                            ranknet
      rust    rust-axum                    9,654 *?
      go      go-net-http                  8,446 ?
      elixir  elixir-cowboy                4,886 ?
      python  python-flask (as-published)    931 ?d
      node    node-fastify                 5,095 !

      * leads   ? suspect: it counts, with a doubt   ! invalid: it does not count
      d a development server: never the winner

      ranknet  suspect (both: shared-cores): rust-axum leads: it serves 1.15×
               (1.14–1.17) what go-net-http does.

      Published sentences: 2 hold here, 1 is undecided and 1 cannot be compared here.

      4 to 5 repetitions of each entry, in fresh containers; throughput varied by
        1.8 % between them, at most 2.2 % (elixir-cowboy).
      Of the figures 11 of 30 are suspect, most because throughput had not settled and
        4 of 30 are invalid, because the target restarted.
      On its 2 CPUs postgres, agent and orchestrator shared a core.
      "
    `))

  it('of one target', () =>
    expect(ending({ scenarios: ['predict'], targets: 1, failing: 'none' })).toMatchInlineSnapshot(`
      "
      Each target, in answers/s

                     predict
      go-net-http  74,761 +?

      + at least: the load agent was the limit   ? suspect: it counts, with a doubt

      predict  suspect (go-net-http: agent-bound): go-net-http alone: 74,761 answers/s
               (73,520–76,068); nothing was measured beside it.

      5 repetitions of each entry, in fresh containers; throughput varied by 1.4 %
        between them.
      Of the figures 3 of 5 are suspect, because the load agent was the limit.
      "
    `))

  it('in which nothing could be built', () =>
    expect(ending({ scenarios: ['predict'], failing: 'all' })).toMatchInlineSnapshot(`
      "
      predict  no figure: for one reason in all 5: build: the build of its image ended
               with exit code 1.
      "
    `))

  it('that was stopped in the middle', () =>
    expect(ending({ ...two, status: 'aborted' })).toMatchInlineSnapshot(`
      "
      The best target of each language, in answers/s

                                              predict
      rust    rust-axum                    78,391 =+?
      go      go-net-http                  73,650 =+?
      node    node-fastify                 45,625
      elixir  elixir-cowboy                43,134 ?
      python  python-flask (as-published)   8,226 ?d

      = may be the best: not told apart from the first
      + at least: the load agent was the limit   ? suspect: it counts, with a doubt
      d a development server: never the winner

      predict     suspect (rust-axum, go-net-http: agent-bound), level: rust-axum and
                  go-net-http are not told apart: the load agent was the limit.
                  rust-axum serves at least 1.72× (1.67–1.77) what node-fastify does.
      chat-batch  no figure: for one reason in all 5: not reached by the time of this
                  report.

      Published sentences: 1 holds in direction and 1 cannot be compared here.

      3 to 4 repetitions of each entry, in fresh containers; throughput varied by
        1.6 % between them, at most 2.1 % (predict: elixir-cowboy).
      Of the figures 13 of 25 are suspect, most because the load agent was the limit.
      "
    `))

  it('with ties everywhere', () =>
    expect(ending({ ...two, noise: 0.6 })).toMatchInlineSnapshot(`
      "
      The best target of each language, in answers/s; chat-batch in tasks/s

                 predict  chat-batch
      rust    80,900 =+?      183 =
      elixir  44,284 =+?      144 =?
      node    41,067 =+?      151 =
      go      33,254 =+?      140 =
      python  12,052 ?d       124 d

      = may be the best: not told apart from the first
      + at least: the load agent was the limit   ? suspect: it counts, with a doubt
      d a development server: never the winner

      predict     suspect (rust-axum, node-fastify, go-net-http: agent-bound;
                  elixir-cowboy: agent-bound, not-steady, noisy-host), level:
                  rust-axum and 3 others are not told apart: the load agent was the
                  limit.
      chat-batch  suspect (elixir-cowboy: not-steady), level: rust-axum and 3 others
                  are not told apart in 5 repetitions (a factor of 6.65 would be).

      Published sentences: 1 holds in direction, 1 is undecided and 1 cannot be
      compared here.

      5 repetitions of each entry, in fresh containers; throughput varied by 47 %
        between them, at most 88 % (chat-batch: go-net-http).
      Of the figures 18 of 35 are suspect, most because the load agent was the limit.
      "
    `))

  it('in a window of 40 columns', () =>
    expect(ending({ failing: 'none', repetitions: 3 }, 40)).toMatchInlineSnapshot(`
      "
      The best target of each language, in
      answers/s; chat-batch in tasks/s

                 predict    ranknet    embed
      rust    77,767 =+?  11,198 *    267 *
      go      73,564 =+?   8,282      164
      node    45,468       5,117      101
      elixir  43,134 ?     4,872 ?   97.4 ?
      python   8,143 ?d      914 ?d  18.4 ?d

                 chat  chat-batch
      rust    65.3 =?      204 =
      go        65 =?      204 =
      node    65.4 =?      204 =
      elixir    66 =?      206 =?
      python  65.6 ?d      121 d

      * leads
      = may be the best: not told apart from
        the first
      + at least: the load agent was the limit
      ? suspect: it counts, with a doubt
      d a development server: never the winner

      predict:
        suspect (rust-axum, go-net-http:
        agent-bound), level: rust-axum and
        go-net-http are not told apart: the
        load agent was the limit. rust-axum
        serves at least 1.71× (1.65–1.77) what
        node-fastify does.
      ranknet:
        rust-axum leads: it serves 1.35×
        (1.31–1.39) what go-net-http does.
      embed:
        rust-axum leads: it serves 1.62×
        (1.57–1.67) what go-net-http does.
      chat:
        suspect (elixir-cowboy: too-short,
        not-steady, noisy-host; node-fastify,
        rust-axum, go-net-http: too-short),
        level: elixir-cowboy and 3 others are
        not told apart in 3 repetitions (a
        factor of 1.07 would be).
      chat-batch:
        suspect (elixir-cowboy: not-steady),
        level: elixir-cowboy and 3 others are
        not told apart in 3 repetitions (a
        factor of 1.05 would be).

      To decide chat, chat-batch:
        npm run matrix -- --repetitions 12 --scenario chat --scenario chat-batch

      Published sentences: 3 hold here, 2 hold
      in direction and 1 cannot be compared
      here.

      3 repetitions of each entry, in fresh
        containers; throughput varied by 1.3 %
        between them, at most 2.3 % (ranknet:
        go-net-http).
      Of the figures 36 of 85 are suspect,
        most because throughput had not
        settled.
      "
    `))

  it('in a window of 200 columns', () =>
    expect(ending({ failing: 'none', repetitions: 3 }, 200)).toMatchInlineSnapshot(`
      "
      The best target of each language, in answers/s; chat-batch in tasks/s

                                              predict                                 ranknet                                 embed                                  chat                           chat-batch
      rust    rust-axum                    77,767 =+?  rust-axum                    11,198 *   rust-axum                     267 *   rust-axum                    65.3 =?  rust-axum                    204 =
      go      go-net-http                  73,564 =+?  go-net-http                   8,282     go-net-http                   164     go-net-http                    65 =?  go-net-http                  204 =
      node    node-fastify                 45,468      node-fastify                  5,117     node-fastify                  101     node-fastify                 65.4 =?  node-fastify                 204 =
      elixir  elixir-cowboy                43,134 ?    elixir-cowboy                 4,872 ?   elixir-cowboy                97.4 ?   elixir-cowboy                  66 =?  elixir-cowboy                206 =?
      python  python-flask (as-published)   8,143 ?d   python-flask (as-published)     914 ?d  python-flask (as-published)  18.4 ?d  python-flask (as-published)  65.6 ?d  python-flask (as-published)  121 d

      * leads   = may be the best: not told apart from the first   + at least: the load agent was the limit   ? suspect: it counts, with a doubt   d a development server: never the winner

      predict     suspect (rust-axum, go-net-http: agent-bound), level: rust-axum and go-net-http are not told apart: the load agent was the limit. rust-axum serves at least 1.71× (1.65–1.77) what
                  node-fastify does.
      ranknet     rust-axum leads: it serves 1.35× (1.31–1.39) what go-net-http does.
      embed       rust-axum leads: it serves 1.62× (1.57–1.67) what go-net-http does.
      chat        suspect (elixir-cowboy: too-short, not-steady, noisy-host; node-fastify, rust-axum, go-net-http: too-short), level: elixir-cowboy and 3 others are not told apart in 3 repetitions (a factor
                  of 1.07 would be).
      chat-batch  suspect (elixir-cowboy: not-steady), level: elixir-cowboy and 3 others are not told apart in 3 repetitions (a factor of 1.05 would be).

      To decide chat, chat-batch:
        npm run matrix -- --repetitions 12 --scenario chat --scenario chat-batch

      Published sentences: 3 hold here, 2 hold in direction and 1 cannot be compared here.

      3 repetitions of each entry, in fresh containers; throughput varied by 1.3 % between them, at most 2.3 % (ranknet: go-net-http).
      Of the figures 36 of 85 are suspect, most because throughput had not settled.
      "
    `))
})

describe('whatever the run and the window', () => {
  const runs: readonly SampleOptions[] = [
    { repetitions: 1 },
    { ...two, failing: 'all' },
    { ...two, failing: 'some', repetitions: 1 },
    { ...two, status: 'aborted' },
    { scenarios: ['predict'], targets: 12, repetitions: 3 },
    { ...two, targets: 1, repetitions: 1 },
    { ...two, hostile: true, failing: 'some', repetitions: 3 },
    { ...two, small: true, noise: 0.4, repetitions: 3 },
  ]
  const decisions = runs.map((options) => ({
    name: JSON.stringify(options),
    decision: sampleResults(options).decision!,
  }))

  it.each(decisions)('$name: no line is wider, but a command to copy', ({ decision }) => {
    for (const columns of [20, 33, 40, 80, 200]) {
      for (const line of decisionLines(decision, columns, plain)) {
        if (line.trim() === decision.next?.command) continue
        // One part of a table never gets narrower than its own figures.
        if (columns >= 40) expect(widthOf(line), line).toBeLessThanOrEqual(columns)
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}]|\s$/u)
      }
    }
  })

  it.each(decisions)('$name: every mark that occurs is explained, and no other', ({ decision }) => {
    const lines = decisionLines(decision, 200, plain)
    const legend = lines.find((line) => /^[*=+?!spnx.-] \p{L}.*$/u.test(line)) ?? ''
    const used = new Set(
      decision.columns.flatMap(({ figures }) =>
        figures.some(({ value }) => value !== null) ? figures.flatMap(({ marks }) => marks) : [],
      ),
    )
    expect(legend.split('   ').filter(Boolean)).toHaveLength(used.size)
  })
})

describe('colours', () => {
  it('change nothing but the colours', () => {
    const { decision } = sampleResults({ ...two, repetitions: 3 })
    // What is printed goes through the terminal, which knows the colours that the program made.
    const painted: string[] = []
    const write = (text: string) => painted.push(text)
    const stream = { isTTY: true, columns: 80, write, on: () => {} } as unknown as NodeJS.WriteStream
    const terminal = openTerminal({ stdin: {}, stdout: stream, stderr: stream }, {})
    terminal.print(decisionLines(decision!, 80, terminal.colours).join('\n'))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours are the only codes
    const bare = painted.join('').replaceAll(/\u001b\[\d+m/g, '')
    expect(bare).toBe(`${decisionLines(decision!, 80, plain).join('\n')}\n`)
  })
})

describe('results of real runs', () => {
  const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
  it.each([path('./results/schema-1.json'), path('./results/schema-2.json'), path('./results/version-1/results.json')])(
    '%s',
    (file) => {
      expect(existsSync(file)).toBe(true)
      const decision = decide(resultsSchema.parse(upgradeResults(JSON.parse(readFileSync(file, 'utf8')))))
      const lines = decisionLines(decision, 80, plain)
      for (const line of lines.filter((each) => each.trim() !== decision.next?.command))
        expect(widthOf(line)).toBeLessThanOrEqual(80)
      expect(lines.join('\n')).toMatch(/\brust +(rust-axum +)?[\d,]+/)
      expect(decision.columns.every(({ standing }) => standing !== 'nobody')).toBe(true)
      expect(decision.trust.length).toBeLessThanOrEqual(3)
    },
  )
})
