import { environment } from './environment.js'
import { latency } from './latency.js'
import { overview } from './overview.js'
import type { Page } from './page.js'
import { resources } from './resources.js'

/** The pages in the order of their tabs. A page is one file and one line here. */
export const PAGES: readonly Page[] = [overview, latency, resources, environment]
