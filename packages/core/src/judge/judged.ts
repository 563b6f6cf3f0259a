import type { Verdict } from '@bakeoff/model'
import type { CellView } from '../observe/view.js'

/** A cell with its verdict; null for one that was not measured. */
export interface JudgedCell {
  readonly view: CellView
  readonly verdict: Verdict | null
}
