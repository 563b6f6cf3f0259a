import { type Decision, type DecisionColumn, isAside, sentenceCase } from '@bakeoff/model'
import { thresholds } from '../thresholds.js'
import { list } from '../words/quantities.js'

/** A column, and the rows that its comparisons do not tell apart from the first one. */
export type SaidColumn = DecisionColumn & { readonly notApart?: readonly string[] }

interface Of {
  readonly rows: Decision['rows']
  readonly columns: readonly SaidColumn[]
  /** why all scenarios are provisional, where one reason holds for them all */
  readonly provisional?: string | null
}

/** The most names of one sentence; more are given as a number. */
const MOST_NAMES = 3

/**
 * The answer over all scenarios in one sentence, for example `Rust leads in predict and chat; Go and Rust are level in embed`:
 * what the columns hold, and no more. A scenario in which a target that is named is suspect says so. What is decided comes first; what is
 * provisional stands together after it, and is called so once. Null without scenarios.
 */
export function overallSays({ rows, columns, provisional = null }: Of): string | null {
  if (columns.length === 0) return null
  const ordered = columns.toSorted((a, b) => ORDER[a.standing] - ORDER[b.standing])
  const answers = ordered.map((column) => ({ column, place: placeOf(column), ...answerOf(column, rows.by) }))
  const said = [...new Map(answers.map((answer) => [answer.key, answer])).values()]
  const first = said.find(({ column }) => column.standing === 'provisional')
  const parts = said.map((answer) => {
    const before = answer === first ? `provisional${provisional === null ? '' : `, ${provisional}`}: ` : ''
    return `${before}${answer.says(list(answers.flatMap(({ key, place }) => (key === answer.key ? [place] : []))))}`
  })
  return `${beginning(parts.join('; '), rows.names)}.`
}

/** The order of what is said: from the most that is known to nothing. */
const ORDER: Readonly<Record<DecisionColumn['standing'], number>> = {
  leads: 0,
  level: 0,
  provisional: 1,
  alone: 2,
  nobody: 3,
}

/** A sentence with a capital at its beginning, unless that is the name of a target. */
export function beginning(sentence: string, names: readonly string[]): string {
  if (names.some((name) => sentence.startsWith(name))) return sentence
  return sentenceCase(sentence)
}

interface Answer {
  /** equal for scenarios of which the same is said */
  readonly key: string
  readonly says: (places: string) => string
}

function answerOf(column: SaidColumn, by: Decision['rows']['by']): Answer {
  const { standing } = column
  const names = named(column).map(({ row }) => (by === 'language' ? languageName(row) : row))
  // Which of them served a little more differs from scenario to scenario, and says nothing where they are level.
  const key = [standing, ...names.toSorted()].join('/')
  const who = names.length > MOST_NAMES ? `${names.length} ${by === 'language' ? 'languages' : 'targets'}` : list(names)
  switch (standing) {
    case 'leads':
      return { key, says: (places) => `${who} leads in ${places}` }
    case 'level':
      return { key, says: (places) => `${who} ${names.length === 1 ? 'is' : 'are'} level in ${places}` }
    case 'provisional': {
      const how = provisionalWord(column)
      return { key: `${key}/${how}`, says: (places) => `${who} ${how} in ${places}` }
    }
    case 'alone':
      return { key, says: (places) => `only ${who} can be compared in ${places}` }
    case 'nobody':
      return { key, says: (places) => `nothing can be compared in ${places}` }
  }
}

function provisionalWord(column: SaidColumn): string {
  const others = named(column).slice(1)
  if (others.length === 0) return 'is ahead'
  return others.some(({ row }) => column.notApart?.includes(row)) ? 'are not told apart' : 'are close together'
}

/**
 * The figures that the sentence names: those that lead or may. Where nothing is decided it is the first one, with those that repetitions
 * do not tell apart from it, and those behind it by no more than is relevant: nobody is called ahead for a difference that would be none
 * if it were certain.
 */
function named({ standing, figures, notApart = [] }: SaidColumn): DecisionColumn['figures'] {
  if (standing === 'nobody') return []
  const leading = figures.filter(({ marks }) => marks.includes('leads') || marks.includes('level'))
  if (leading.length > 0) return leading
  const [first, ...others] = figures.slice(0, standing === 'provisional' ? undefined : 1)
  if (first === undefined) return []
  const least = (first.value ?? 0) / (1 + thresholds.relevantDifference)
  const isClose = ({ row, value, marks }: DecisionColumn['figures'][number]) =>
    value !== null && (value >= least || notApart.includes(row)) && !isAside({ marks })
  return [first, ...others.filter(isClose)]
}

function placeOf(column: SaidColumn): string {
  const isSuspect = named(column).some(({ marks }) => marks.includes('suspect'))
  return isSuspect ? `${column.scenario} (suspect)` : column.scenario
}

/** Names of languages are lower case in files: `go` → `Go`. */
function languageName(language: string): string {
  return sentenceCase(language)
}
