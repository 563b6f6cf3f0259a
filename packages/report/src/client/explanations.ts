/** What stands once at the end of a page, written where it belongs: legends, and explanations of charts, which are asked for. */
export function writeExplanations(page: HTMLElement, places: readonly HTMLElement[]): void {
  const originals = page.querySelector('.hows')?.children
  for (const place of places) {
    const original = originals?.[Number(place.dataset.like)]
    if (!original) continue
    if (place.classList.contains('how')) place.replaceWith(foldedExplanation(original))
    else place.append(...original.cloneNode(true).childNodes)
  }
}

function foldedExplanation(original: Element): HTMLElement {
  const details = Object.assign(document.createElement('details'), { className: 'how' })
  details.append(Object.assign(document.createElement('summary'), { textContent: 'How to read' }))
  details.append(original.cloneNode(true))
  return details
}
