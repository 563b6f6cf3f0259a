/** summary.md as a reader has it: the decision, the sentences and the tables, from the text alone. */
import type { Results } from '@bakeoff/model'
import { renderSummary } from '@bakeoff/report'

export interface Row {
  readonly name: string
  /** of its groups; empty: not ranked */
  readonly letters: string
  /** `contender` where the table has no column for it */
  readonly role: string
  /** `valid`, `suspect`, `invalid`, or how it ended */
  readonly status: string
  /** `Limited by its own cores: …`; empty: not known */
  readonly limit: string
  /** all cells, by their heads */
  readonly cells: Readonly<Record<string, string>>
}

/** A scenario's part: what is said of it, and its leaderboard under the main load. */
export interface Part {
  readonly scenario: string
  /** what the run ended with: `go-a leads: …` */
  readonly decision: string
  /** whether its decision is provisional: it says so, or the summary says so once for all that compare something */
  readonly isProvisional: boolean
  readonly sentences: readonly string[]
  readonly rows: readonly Row[]
}

/** A row of the decision's table: the target that is shown for it, its figure and its signs. */
export interface DecisionCell {
  readonly row: string
  readonly name: string
  readonly value: string
  readonly signs: string
}

export interface Summary {
  readonly parts: readonly Part[]
  readonly decision: (scenario: string) => readonly DecisionCell[]
  readonly claims: readonly Readonly<Record<string, string>>[]
}

export function readSummary(results: Results): Summary {
  const text = renderSummary(results).replace(/\\([\\`*_{}[\]()#+.!|<>~@$-])/g, '$1')
  const [front = '', ...sections] = text.split(/^## /m)
  const ids = new Set(results.scenarios.map(({ id }) => id))
  const decisions = new Map(
    [...front.matchAll(/^- \*\*(.+?)\*\*: (.+)$/gm)].map(([, scenario, says]) => [scenario!, says!]),
  )
  const isAllProvisional = /^\*\*Provisional\*\* \(/m.test(front)
  const shown = tablesIn(front)[0] ?? []
  return {
    parts: sections.flatMap((section): Part[] => {
      const scenario = section.split('\n')[0]!.trim()
      if (!ids.has(scenario)) return []
      const decision = decisions.get(scenario) ?? ''
      return [
        {
          scenario,
          decision,
          isProvisional: /(?:^|, )provisional, /.test(decision) || (isAllProvisional && / serves /.test(decision)),
          sentences: section
            .split('\n')
            .filter((line) => line.startsWith('- '))
            .map((line) => line.slice(2)),
          rows: (tablesIn(section)[0] ?? []).map(rowOf),
        },
      ]
    }),
    decision: (scenario) =>
      shown.flatMap((cells) => {
        const text = Object.entries(cells).find(([head]) => head.startsWith(`${scenario}, `))?.[1] ?? ''
        const [, value = '', signs = '', name = ''] =
          /^\**([\d.,]*)\** ?([^\sa-z]*[a-z]?(?= |$))? ?(.*)$/.exec(text) ?? []
        return text === '' ? [] : [{ row: cells['']!, value, signs, name: name || cells['']! }]
      }),
    claims: sections.filter((section) => section.startsWith('Claims')).flatMap((section) => tablesIn(section)[0] ?? []),
  }
}

/** The tables of a text, each as rows by head. */
function tablesIn(text: string): Record<string, string>[][] {
  const tables: string[][][] = []
  let open = false
  for (const line of text.split('\n')) {
    if (!line.startsWith('| ')) open = false
    else if (open) tables.at(-1)!.push(cellsOf(line))
    else {
      tables.push([cellsOf(line)])
      open = true
    }
  }
  return tables.map(([heads = [], , ...rows]) =>
    rows.map((cells) => Object.fromEntries(heads.map((head, index) => [head, cells[index] ?? '']))),
  )
}

function cellsOf(line: string): string[] {
  return line
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim())
}

function rowOf(cells: Record<string, string>): Row {
  const [target = '', variant] = cells['Target']!.split(' · ')
  const [status = '', ...limit] = cells['Verdict']!.split(': ')
  return {
    name: variant === undefined ? target : `${target} (${variant})`,
    letters: cells['Group'] === '–' ? '' : cells['Group']!,
    role: cells['Role'] ?? 'contender',
    status,
    limit: limit.join(': '),
    cells,
  }
}
