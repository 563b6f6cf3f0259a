/** The grid of small multiples. Where a figure has too many lines for one plot, each line has a panel of its own. */

/** The most lines in one plot: of more, a reader cannot tell which is whose. */
export const MOST_LINES = 5

export interface PanelGrid {
  readonly columns: number
  readonly rows: number
  /** of all panels and what stands below them, in CSS pixels */
  readonly height: number
}

/** CSS pixels that a panel is high, with its name, and that the ticks and the title of the axis below all panels take. */
const PANEL = 164
const BELOW = 48
const LEAST_WIDTH = 220
const MOST_COLUMNS = 4

/**
 * The panels of so many lines: as few rows as the width allows, as even as they can be.
 *
 * @param width in CSS pixels; by default that of a page on a desk, for which the page reserves room before it is known
 */
export function panelGrid(count: number, width = 1000): PanelGrid {
  const most = Math.min(MOST_COLUMNS, Math.max(2, Math.floor(width / LEAST_WIDTH)))
  const rows = Math.ceil(count / most)
  return { columns: Math.ceil(count / rows), rows, height: rows * PANEL + BELOW }
}
