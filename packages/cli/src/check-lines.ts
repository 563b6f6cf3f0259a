import { many } from '@bakeoff/core'
import type { CheckPoint, CheckReport } from '@bakeoff/runner'
import type { Terminal } from './terminal.js'

export interface CheckShown {
  /** every point, not only those that failed */
  readonly isFull: boolean
  /** targets of which notes were told already; those that are told here are added */
  readonly told: Set<string>
}

/**
 * The rows of a finished check: one for the entry, below it its points, each passed or failed. Of an entry that passed they are left out where
 * many are checked.
 */
export function checkLines(
  report: CheckReport,
  terminal: Pick<Terminal, 'colours'>,
  shown: CheckShown = { isFull: false, told: new Set() },
): string[] {
  const { green, red, yellow } = terminal.colours
  if (report.outcome === 'unsupported') return [`${yellow('–')} ${report.entry}: ${report.failure?.error.message}`]
  const notes = notesOf(report, shown, terminal)
  if (report.outcome === 'passed') {
    const points = shown.isFull ? report.points.flatMap((point) => pointLines(point, terminal)) : []
    return [`${green('✓')} ${report.entry.padEnd(46)} ${passedWords(report)}`, ...points, ...notes]
  }
  return [
    `${red('✗')} ${report.entry}${failedWords(report)}`,
    ...report.points.flatMap((point) => pointLines(point, terminal)),
    ...wrongAnswerLines(report),
    ...(report.unasked.length > 0 ? [`    not asked, since the check had ended: ${report.unasked.join(', ')}`] : []),
    ...notes,
    ...logLines(report, terminal),
  ]
}

function passedWords({ verification, points, readyMs }: CheckReport): string {
  return `${many(verification?.golden.right ?? 0, 'golden answer')}, ${many(points.length, 'point')} of the contract, ready in ${Math.round(readyMs ?? 0)} ms`
}

function failedWords({ failure, points }: CheckReport): string {
  const failed = points.filter(({ differences }) => differences.length > 0).length
  const count = failed === 0 ? '' : `, ${failed} of ${points.length} points failed`
  return failure ? ` (${failure.stage}): ${failure.error.message}${count}` : count.replace(',', ':')
}

function pointLines(point: CheckPoint, { colours: { green, red, dim } }: Pick<Terminal, 'colours'>): string[] {
  const { name, request, expected, got, differences, file } = point
  if (differences.length === 0) return [`    ${green('✓')} ${name} ${dim(`${request} → ${got}`)}`]
  return [
    `    ${red('✗')} ${name}`,
    `      request  ${request}`,
    `      expected ${expected}`,
    `      got      ${got}`,
    ...differences.map((difference) => `               ${difference}`),
    `      look at  ${file}`,
  ]
}

function wrongAnswerLines({ verification }: CheckReport): string[] {
  return (verification?.golden.differences ?? []).flatMap(({ request, difference, expected, actual }) => [
    `    ${request}: ${difference}`,
    `      expected ${expected}`,
    `      got      ${actual}`,
  ])
}

function logLines({ failure, logTail }: CheckReport, { colours: { dim } }: Pick<Terminal, 'colours'>): string[] {
  return [
    ...[...(failure?.error.logTail ?? logTail)].map((line) => dim(`    | ${line}`)),
    ...(failure?.error.hint ? [`    ${failure.error.hint}`] : []),
  ]
}

/** What is no fault, once for each target: its variants are alike in it. */
function notesOf(
  { entry, points }: CheckReport,
  { told }: CheckShown,
  { colours: { yellow } }: Pick<Terminal, 'colours'>,
): string[] {
  const [, target = entry] = entry.split('/')
  const notes = points.flatMap(({ name, note }) => (note === undefined ? [] : [`    ${yellow('!')} ${name}: ${note}`]))
  if (notes.length === 0 || told.has(target)) return []
  told.add(target)
  return notes
}
