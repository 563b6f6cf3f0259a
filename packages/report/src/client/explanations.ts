/** Writes out the explanations of a page that stand in the file only once. */
export function writeExplanations(page: ParentNode): void {
  const originals = page.querySelectorAll('.how:not([data-like]) > p')
  for (const details of page.querySelectorAll<HTMLElement>('.how[data-like]')) {
    const original = originals[Number(details.dataset.like)]
    if (original) details.append(original.cloneNode(true))
  }
}
