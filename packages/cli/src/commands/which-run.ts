/** Options that say which run `matrix` measures: a new one, one that goes on, or one that is measured again. */
import { BakeoffError } from '@bakeoff/model'
import { Option } from 'commander'
import type { PlanOptions } from '../planning.js'
import type { Replay } from '../replay.js'
import { againstOption, type PlanFlags, planOptions, toPlanOptions } from './shared/planning.js'

export type Which =
  | { readonly kind: 'new'; readonly plan: PlanOptions }
  /** null: the newest */
  | { readonly kind: 'resume'; readonly run: string | null }
  | ({ readonly kind: 'replay' } & Replay)

export interface WhichFlags extends PlanFlags {
  readonly resume?: string | true
  readonly replay?: string
}

export const whichOptions: readonly Option[] = [
  new Option('--resume [run]', 'go on with a run that stopped, by default the newest'),
  new Option('--replay <run>', 'measure the plan of a run again with the same images, and compare the two'),
]

/**
 * The run that the options mean. An option that this run cannot follow is refused, not ignored.
 *
 * @throws BakeoffError BAD_SPEC
 */
export function toWhich(cells: readonly string[], flags: WhichFlags): Which {
  const { resume, replay } = flags
  if (resume === undefined && replay === undefined) {
    if (cells.length === 0) return { kind: 'new', plan: toPlanOptions(flags) }
    throw new BakeoffError('BAD_SPEC', `matrix takes no names by themselves: ${cells.join(' ')}`, {
      hint: `Choose with options: npm run matrix -- --target ${cells[0]?.split('/')[1] ?? cells[0]}. Names of cells come with --replay.`,
    })
  }
  if (resume !== undefined && replay !== undefined) {
    throw new BakeoffError('BAD_SPEC', '--resume goes on with a run and --replay begins a new one: only one of them', {
      hint: `A replay that stopped is a run of its own: npm run matrix -- --resume ${resume === true ? '' : resume}`.trim(),
    })
  }
  refusePlanning(flags)
  if (replay !== undefined) return { kind: 'replay', run: replay, cells }
  if (cells.length > 0) {
    throw new BakeoffError(
      'BAD_SPEC',
      `--resume measures everything that is left of a run, not only ${cells.join(', ')}`,
      {
        hint: `To measure only that again, as a new run: npm run matrix -- --replay RUN ${cells.join(' ')}`,
      },
    )
  }
  return { kind: 'resume', run: resume === true ? null : (resume ?? null) }
}

/** Refuses options that choose a plan, since the plan of an earlier run is fixed. */
function refusePlanning(flags: WhichFlags): void {
  const given: Readonly<Record<string, unknown>> = { ...flags }
  const refused = [...planOptions, againstOption].filter((option) => given[option.attributeName()] !== undefined)
  if (refused.length === 0) return
  const { replay } = flags
  throw new BakeoffError(
    'BAD_SPEC',
    `${replay === undefined ? '--resume' : '--replay'} measures the plan of an earlier run, so ${refused.map(({ long }) => long).join(', ')} cannot change it`,
    {
      hint:
        replay === undefined
          ? 'Leave it out, or begin a new run: npm run matrix'
          : `Leave it out. Narrow a replay to cells by their names: npm run matrix -- --replay ${replay} scenario/target/variant`,
    },
  )
}
