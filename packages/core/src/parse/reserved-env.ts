import type { TargetFile } from '@bakeoff/model'
import type { PlainScenarioFile } from './compose-forms.js'
import type { Problem } from './problem.js'
import type { Located, Path } from './yaml.js'

/** The port that every target listens on, by PORT. */
export const TARGET_PORT = 8080

/** What every target is told by the run itself: a value of its own would never reach it. */
const RESERVED: Readonly<Record<string, string>> = {
  PORT: 'Listen on the port that PORT names, and take it out.',
  CORES: 'It is the cores of the cap, which `cpus` of the scenario sets.',
  MEMORY_BYTES: 'It is the memory of the cap, which `mem_limit` of the scenario sets.',
}

type Environment = Readonly<Record<string, unknown>> | undefined

/** Variables of a target and of its variants that the run sets. */
export function reservedOfTarget({ value: { env, variants }, problem }: Located<TargetFile>): Problem[] {
  return [
    ...reserved(env, ['env'], problem),
    ...Object.entries(variants ?? {}).flatMap(([name, variant]) =>
      reserved(variant.env, ['variants', name, 'env'], problem),
    ),
  ]
}

/** Variables that a scenario gives to its target and that the run sets, and another port than the run's. */
export function reservedOfScenario({ value, problem }: Located<PlainScenarioFile>): Problem[] {
  const { environment, expose = [] } = value.services.target ?? {}
  return [
    ...reserved(environment, ['services', 'target', 'environment'], problem),
    ...expose.flatMap((port, index) =>
      String(port) === String(TARGET_PORT)
        ? []
        : [
            problem(['services', 'target', 'expose', index], `a target listens on ${TARGET_PORT}, and not on ${port}`, {
              hint: `PORT tells it so. Take the line out, or write ${TARGET_PORT}.`,
            }),
          ],
    ),
  ]
}

function reserved(environment: Environment, path: Path, problem: Located<unknown>['problem']): Problem[] {
  return Object.keys(environment ?? {}).flatMap((name) => {
    const hint = Object.hasOwn(RESERVED, name) ? RESERVED[name] : undefined
    return hint === undefined
      ? []
      : [problem([...path, name], `${name} is set by the run, so this value would not be read`, { key: true, hint })]
  })
}
