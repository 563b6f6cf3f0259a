/**
 * Makes elements of what is folded in a place of the page (`html/folded.ts`), and says whether anything was. The text is what the
 * report wrote as markup, escaped as all of it; it is parsed as the browser parses the page for readers without scripts.
 */
export function unfold(place: Element): boolean {
  const folded = [...place.children].filter((child) => child.tagName === 'NOSCRIPT')
  for (const one of folded) {
    const { body } = new DOMParser().parseFromString(one.textContent ?? '', 'text/html')
    one.replaceWith(...body.childNodes)
  }
  return folded.length > 0
}

/** Unfolds everything, for a page whose script cannot go on. */
export function unfoldAll(root: Document): void {
  for (const folded of root.querySelectorAll('noscript')) if (folded.parentElement) unfold(folded.parentElement)
}
