import { compareRuns } from '@bakeoff/core'
import { BakeoffError } from '@bakeoff/model'
import { writeComparison } from '../comparison.js'
import type { Invocation } from '../invocation.js'
import { fileLink, readResults } from '../write-report.js'
import type { AddCommand } from './shared/command.js'

export const addCompare: AddCommand = (program, invocation) =>
  program
    .command('compare')
    .description('write one page that shows runs side by side')
    .argument('<run...>', 'folders or ids of two or more runs, or their results.json')
    .option('--output <file>', 'where to write the page')
    .action((runs: string[], { output }: { output?: string }) => compare(invocation, runs, output ?? null))

/** Writes one page that shows two or more runs side by side. */
export function compare({ project, terminal }: Invocation, wanted: readonly string[], output: string | null): void {
  if (wanted.length < 2)
    throw new BakeoffError('BAD_SPEC', 'a comparison needs two runs', {
      hint: 'npm run compare -- reports/<earlier> reports/<later>',
    })
  const comparison = compareRuns(wanted.map((one) => readResults(project.reports, one)))
  terminal.print(`Comparison: ${fileLink(writeComparison(project, comparison, output))}`)
}
