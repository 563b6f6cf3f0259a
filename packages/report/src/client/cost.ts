/** Costs at the reader's own prices: the tables are written anew, the cheapest target first. */
import { type Cell, costOf, type Prices, partsOfPrices, USUAL_PRICES, validPrices } from '@bakeoff/model'
import { type CostField, costFields, pricesWords } from '../shared/cost-words.js'
import type { PageResults } from './results.js'

/** Calls back with the prices whenever the reader has written some that can be computed with. */
export function onPrices(root: Document, act: (prices: Prices | null) => void): void {
  for (const input of inputsOf(root))
    input.addEventListener('input', () => {
      const prices = pricesIn(root)
      if (prices) act(isUsual(prices) ? null : prices)
    })
}

/** Writes prices into their fields, unless a reader is writing there. */
export function showPrices(root: Document, prices: Prices | null): void {
  const { utilisation, ...rest } = prices ?? USUAL_PRICES
  const shown: Record<string, number> = { ...rest, utilisation: Number((utilisation * 100).toPrecision(6)) }
  for (const input of inputsOf(root)) {
    const value = shown[input.dataset.price ?? '']
    if (value !== undefined && input !== root.activeElement) input.value = String(value)
  }
}

/** Writes the tables of scenarios that were read. */
export function writeCosts(root: Document, results: PageResults, chosen: Prices | null): void {
  const prices = chosen ?? USUAL_PRICES
  for (const body of root.querySelectorAll<HTMLTableSectionElement>('tbody:has([data-place])')) {
    const part = body.closest<HTMLElement>('[data-scenario]')
    const scenario = Number(part?.dataset.scenario)
    const view = results.known(scenario)
    const id = view?.results.scenarios[scenario]?.id
    if (!view || !part) continue
    const cells = view.results.cells.filter((cell) => cell.scenario === id)
    const words = part.querySelector('[data-prices]')
    if (words) words.textContent = pricesWords(prices)
    writeTable(body, cells, prices)
  }
}

function writeTable(body: HTMLTableSectionElement, cells: readonly Cell[], prices: Prices): void {
  const rows = [...body.rows].map((row) => {
    const cell = cells[Number(row.querySelector<HTMLElement>('[data-place]')?.dataset.place)]
    return { row, cost: cell ? costOf(cell, prices) : null }
  })
  const cheapest = Math.min(...rows.flatMap(({ cost }) => cost?.perMillion ?? []))
  for (const { row, cost } of rows) {
    if (!cost) continue
    const fields = costFields(cost, cheapest)
    for (const place of row.querySelectorAll<HTMLElement>('[data-cost]'))
      write(place, fields[place.dataset.cost as CostField])
  }
  const order = rows.toSorted(
    (a, b) => (a.cost?.perMillion ?? Number.POSITIVE_INFINITY) - (b.cost?.perMillion ?? Number.POSITIVE_INFINITY),
  )
  if (order.some(({ row }, index) => row !== rows[index]?.row)) body.append(...order.map(({ row }) => row))
}

function write(place: HTMLElement, [text, small]: readonly [string, string?]): void {
  place.textContent = text
  if (small === undefined) return
  const note = place.ownerDocument.createElement('small')
  note.textContent = small
  place.append(note)
}

function inputsOf(root: Document): HTMLInputElement[] {
  return [...root.querySelectorAll<HTMLInputElement>('[data-price]')]
}

function pricesIn(root: Document): Prices | null {
  const values = Object.fromEntries(inputsOf(root).map(({ dataset, valueAsNumber }) => [dataset.price, valueAsNumber]))
  const { perSecond = 0, perCoreHour = 0, perGibHour = 0, utilisation = 0 } = values
  return validPrices({ perSecond, perCoreHour, perGibHour, utilisation: utilisation / 100 })
}

function isUsual(prices: Prices): boolean {
  return partsOfPrices(prices).join() === partsOfPrices(USUAL_PRICES).join()
}
