import type { Html } from '../html/html.js'
import type { Scope } from '../html/scope.js'
import type { View } from '../shared/subjects.js'

export interface PageContext {
  readonly view: View
  readonly scopes: readonly Scope[]
}

/** One page of the report: one file, and one line in the list in `index.ts`. */
export interface Page {
  /** its hash route, `#latency` */
  readonly id: string
  readonly title: string
  /** the question it answers, shown under the title */
  readonly question: string
  readonly render: (context: PageContext) => Html
}
