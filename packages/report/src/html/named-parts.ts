import { Html, html, trusted } from './html.js'
import type { Scope } from './scope.js'

/**
 * The content of a page with each scenario named before the first of its parts, for readers without the page's script: they see all
 * scenarios below each other. The script takes the names away, since it shows one scenario, which a switch names.
 */
export function namedParts(content: Html, scopes: readonly Scope[]): Html {
  if (scopes.length < 2) return content
  const named = new Set<string>()
  return new Html(
    content.text.replaceAll(/<div class="part[^"]*" data-scenario=(\d+)/g, (start, index: string) => {
      if (named.has(index)) return start
      named.add(index)
      return html`${trusted(start)} data-named="${scopes[Number(index)]?.scenario.id ?? ''}"`.text
    }),
  )
}
