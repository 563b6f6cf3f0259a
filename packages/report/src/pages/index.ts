import { bottleneck } from './bottleneck.js'
import { claims } from './claims.js'
import { efficiency } from './efficiency.js'
import { environment } from './environment.js'
import { latency } from './latency.js'
import { overview } from './overview.js'
import type { Page } from './page.js'
import { resources } from './resources.js'
import { scaling } from './scaling.js'
import { target } from './target.js'
import { verification } from './verification.js'

/** The pages in the order of their tabs. A page is one file and one line here. */
export const PAGES: readonly Page[] = [
  overview,
  claims,
  latency,
  scaling,
  resources,
  efficiency,
  bottleneck,
  verification,
  environment,
  target,
]
