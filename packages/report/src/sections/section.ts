import type { Html } from '../html/html.js'
import type { Scope } from '../html/scope.js'
import type { View } from '../shared/subjects.js'

export interface SectionContext {
  readonly view: View
  readonly scopes: readonly Scope[]
}

/** A section of the report, which its reader sees as a page behind a tab: one file, and one line in the list in `index.ts`. */
export interface Section {
  /** its hash route, `#latency` */
  readonly id: string
  readonly title: string
  /** the question it answers, shown under the title */
  readonly question: string
  readonly render: (context: SectionContext) => Html
  /** its parts begin with the name of their scenario; else that is added where no script shows one scenario at a time */
  readonly namesScenarios?: true
  /** whether the run has nothing for it: then it has no tab and no page */
  readonly isEmpty?: (context: SectionContext) => boolean
}
