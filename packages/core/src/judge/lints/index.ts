import type { Lint } from '@bakeoff/model'
import { debugBuild } from './debug-build.js'
import type { LintInput, LintRule } from './define.js'
import { developmentServer } from './development-server.js'
import { emulated } from './emulated.js'
import { heapAboveCap } from './heap-above-cap.js'
import { missingInfo } from './missing-info.js'
import { nxWithoutCompiler } from './nx-without-compiler.js'
import { seesHostCores } from './sees-host-cores.js'
import { threadsAboveCap } from './threads-above-cap.js'
import { workers } from './workers.js'

export type { LintInput, LintRule } from './define.js'

/** All lints. A new one is a file and a line here. */
export const lintRules: readonly LintRule[] = [
  nxWithoutCompiler,
  developmentServer,
  debugBuild,
  emulated,
  threadsAboveCap,
  seesHostCores,
  workers,
  heapAboveCap,
  missingInfo,
]

export function lint(input: LintInput): Lint[] {
  return lintRules.flatMap(({ id, find }) => find(input).map((found) => ({ lint: id, ...found })))
}
