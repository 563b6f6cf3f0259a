import { bottleneck } from './bottleneck.js'
import { claims } from './claims.js'
import { cost } from './cost.js'
import { decision } from './decision.js'
import { efficiency } from './efficiency.js'
import { environment } from './environment.js'
import { latency } from './latency.js'
import { overview } from './overview.js'
import { resources } from './resources.js'
import { scaling } from './scaling.js'
import type { Section } from './section.js'
import { target } from './target.js'
import { verification } from './verification.js'

/** The sections in the order of their tabs. A section is one file and one line here. */
export const SECTIONS: readonly Section[] = [
  decision,
  overview,
  claims,
  latency,
  scaling,
  resources,
  efficiency,
  cost,
  bottleneck,
  verification,
  environment,
  target,
]
