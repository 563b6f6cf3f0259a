/** summary.md, results.csv and reports/index.html. */
import { describe, expect, it } from 'vitest'
import { HOSTILE, sampleResults } from '../../core/test/fixtures-results.js'
import { renderCsv, renderHtml, renderIndex, renderSummary } from '../src/index.js'
import { HOSTILE_NAME, withHostileNames } from './hostile.js'

const usual = sampleResults({ repetitions: 3 })

describe('summary.md', () => {
  const text = renderSummary(usual)
  const tables = text
    .split('\n\n')
    .filter((block) => block.startsWith('| '))
    .map((block) => block.trim().split('\n'))

  it('has a heading per scenario and a board each, on the load that it ranks by', () => {
    for (const { id } of usual.scenarios) expect(text).toContain(`\n## ${id}\n`)
    expect(text.match(/^\| Group \| Target /gm)).toHaveLength(usual.scenarios.length)
  })

  it('begins with the decision that the terminal ends with', () => {
    const text = renderSummary(usual)
    const { columns, rows, trust } = usual.decision!
    const [table] = /^\| {2}\|[\s\S]*?\n\n/m.exec(text) ?? []
    expect(table?.trim().split('\n')).toHaveLength(rows.names.length + 2)
    const plain = text.replaceAll('\\', '')
    for (const { scenario, says } of columns) expect(plain).toContain(`- **${scenario}**: ${says}`)
    for (const says of trust) expect(plain).toContain(`- ${says}`)
    expect(text.indexOf('not told apart from the first')).toBeLessThan(text.indexOf('## '))
  })

  it('has no decision for results of before there were any', () => {
    const { decision: _, ...older } = usual
    expect(renderSummary(older)).not.toContain('leads')
  })

  it('has as many cells in each row as its head has', () => {
    const width = (line: string) => line.replace(/\\\|/g, '').split('|').length
    expect(tables.length).toBeGreaterThan(usual.scenarios.length)
    for (const [head = '', ...lines] of tables) expect(lines.map(width)).toEqual(lines.map(() => width(head)))
  })

  it('says why something has no figures, and how to measure again', () => {
    expect(text).toContain('## Without figures')
    expect(text).toMatch(/unsupported: .*hex\.pm/)
    expect(text).toMatch(/To repeat it: `npm run matrix`\n$/)
  })

  it('says once that an entry has no figures, with what to do about it', () => {
    const told = usual.findings.filter(({ kind }) => kind === 'not-measured')
    expect(told.length).toBeGreaterThan(0)
    for (const finding of told) expect(text.replaceAll('\\', '')).not.toContain(finding.text)
    expect(text.split('## Without figures')[1]).toContain('hex.pm, which is not reachable')
  })

  it.each([
    { options: { repetitions: 1 }, says: '**Smoke run.**' },
    { options: { status: 'aborted' as const }, says: '**Aborted.** interrupted with Ctrl-C' },
    { options: { status: 'partial' as const }, says: '**Partial.** the time budget ended' },
    { options: { failing: 'all' as const }, says: '**Nothing was measured.**' },
  ])('warns first: $says', ({ options, says }) => {
    expect(renderSummary(sampleResults({ scenarios: ['predict'], repetitions: 2, ...options }))).toContain(`> ${says}`)
  })

  it('lets no name out of its cell', () => {
    const hostile = renderSummary(
      withHostileNames(sampleResults({ scenarios: ['predict'], targets: 2, repetitions: 2, hostile: true })),
    )
    const outsideCode = hostile.replace(/(`+).*?\1/g, '')
    expect(outsideCode).not.toContain('<img')
    expect(outsideCode).not.toContain('</script>')
    expect(outsideCode).toContain('&lt;img src=x onerror=alert')
  })
})

describe('results.csv', () => {
  const parse = (text: string) =>
    text
      .slice(0, -2)
      .split('\r\n')
      .map((line) =>
        [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
          ([, q, plain]) => q?.replaceAll('""', '"') ?? plain ?? '',
        ),
      )

  it('has a line per cell and a unit in every name', () => {
    const [head = [], ...lines] = parse(renderCsv(usual))
    expect(lines).toHaveLength(usual.cells.length)
    expect(new Set(lines.map(({ length }) => length))).toEqual(new Set([head.length]))
    expect(head).toEqual(
      expect.arrayContaining([
        'throughput_per_s',
        'service_p99_ms',
        'target_memory_peak_bytes',
        'service_postgres_cpu_share',
      ]),
    )
    expect(new Set(head).size).toBe(head.length)
  })

  it('gives figures as they are, and nothing for what is not known', () => {
    const [head = [], ...lines] = parse(renderCsv(usual))
    const at = head.indexOf('throughput_per_s')
    expect(lines.map((line) => line[at])).toEqual(
      usual.cells.map(({ figures: { throughput } }) => (throughput ? String(throughput.median) : '')),
    )
    expect(lines.some((line) => line[at] === '')).toBe(true)
  })

  it.each([
    { name: '=1+1', field: "'=1+1", because: 'a formula stays text' },
    { name: '@SUM(A1)', field: "'@SUM(A1)", because: 'another way to begin one' },
    { name: 'a,"b"', field: '"a,""b"""', because: 'commas and quotes are quoted' },
    { name: 'a\nb', field: '"a\nb"', because: 'a line break is quoted' },
    { name: 'a\u001b[31mb\u202e', field: 'a␛[31mb\\u202e', because: 'nothing in it is obeyed by a terminal' },
  ])('$because', ({ name, field }) => {
    const [cell] = usual.cells
    const text = renderCsv({ ...usual, cells: [{ ...cell!, outcomeReason: name }] })
    expect(text).toContain(`,${field},`)
  })
})

describe('text from outside', () => {
  const name = '\u001b]0;owned\u0007\u009b2J\u202e\u200b\r'
  const hostile = withHostileNames(sampleResults({ scenarios: ['predict'], targets: 2, repetitions: 2 }))
  const cells = hostile.cells.map((cell) => ({ ...cell, outcomeReason: name }))
  const entries = hostile.entries.map((entry) => ({ ...entry, logTail: [name], notes: [name] }))
  const results = { ...hostile, cells, entries, run: { ...hostile.run, id: name } }

  it.each([
    { as: 'page', text: renderHtml(results) },
    { as: 'summary', text: renderSummary(results) },
    { as: 'CSV', text: renderCsv(results).replaceAll('\r\n', '\n') },
  ])('is seen and not obeyed in the $as', ({ text }) => {
    expect(text).toContain('␛]0;owned␇\\u009b2J\\u202e\\u200b')
    // Bundled code and embedded JSON are not shown, and attributes are names for scripts.
    expect(text.replaceAll(/<script[\s\S]*?<\/script>|"[^"<>]*"/g, '')).not.toMatch(/[^\P{C}\n\t\p{Cn}\p{Co}]/u)
  })
})

describe('reports/index.html', () => {
  const run = {
    id: 'a',
    startedAt: '2026-03-01T12:00:00.000Z',
    status: 'complete',
    profile: 'default',
    scenarios: ['predict'],
    targets: 5,
    headline: null,
    path: 'a/index.html',
    host: 'bench',
  } as const

  it('has the newest run first', () => {
    const text = renderIndex([
      run,
      { ...run, id: 'newer', startedAt: '2026-03-02T12:00:00.000Z' },
      { ...run, id: 'older', startedAt: '2026-02-01T00:00:00.000Z' },
    ])
    expect([...text.matchAll(/<bdi>(newer|a|older)<\/bdi>/g)].map(([, id]) => id)).toEqual(['newer', 'a', 'older'])
  })

  it('links the history of runs where it was made', () => {
    expect(renderIndex([run], 'history.html')).toContain('href="./history.html"')
    expect(renderIndex([run])).not.toContain('history.html')
  })

  it('says what to type when there is none', () => expect(renderIndex([])).toContain('npm run matrix -- --quick'))

  it.each([
    { path: 'javascript:alert(1)', href: './javascript%3Aalert(1)' },
    { path: '//elsewhere.example/x', href: './elsewhere.example/x' },
    { path: `${HOSTILE_NAME}/index.html`, href: './%3C/script%3E%3Cimg' },
  ])('links $path below itself', ({ path, href }) => expect(renderIndex([{ ...run, path }])).toContain(`href="${href}`))

  it('says that nothing is told apart yet, that a run was a smoke run, and how it ended', () => {
    const text = renderIndex([{ ...run, profile: 'quick', status: 'aborted' }])
    expect(text).toContain('nothing told apart yet')
    expect(text).toContain('smoke run')
    expect(text).toContain('aborted')
  })

  it('runs no script and shows hostile names as text', () => {
    const text = renderIndex([{ ...run, id: HOSTILE, headline: HOSTILE }])
    expect(text).toContain("script-src 'none'")
    expect(text).not.toContain('<img')
  })
})
