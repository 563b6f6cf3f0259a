/** Options of the gate: its rules, and the run that they compare with. */
import { Option } from 'commander'
import { texts } from './values.js'

export interface GateFlags {
  readonly failOn?: string
  readonly baseline?: readonly string[]
}

export const gateOptions: readonly Option[] = [
  new Option('--fail-on <rules>', 'end with 1 when a rule is broken, e.g. regression=5%,errors=0, or slo'),
  new Option(
    '--baseline <run>',
    'the run or results.json that --fail-on compares with; given again: other runs of before, which tell how much runs differ',
  ).argParser(texts),
]
