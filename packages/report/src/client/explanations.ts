/** Writes out the explanations that stand in the file only once per page. */
export function writeExplanations(root: Document): void {
  for (const page of root.querySelectorAll('[data-page]')) {
    const originals = page.querySelectorAll('.how:not([data-like]) > p')
    for (const details of page.querySelectorAll<HTMLElement>('.how[data-like]')) {
      const original = originals[Number(details.dataset.like)]
      if (original) details.append(original.cloneNode(true))
    }
  }
}
