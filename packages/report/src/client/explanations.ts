/** Writes out explanations that stand in the page only once. */
export function writeExplanations(page: ParentNode, places: readonly HTMLElement[]): void {
  if (places.length === 0) return
  const originals = page.querySelectorAll('.how:not([data-like]) > p')
  for (const details of places) {
    const original = originals[Number(details.dataset.like)]
    if (original) details.append(original.cloneNode(true))
  }
}
