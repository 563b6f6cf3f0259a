import { type TargetFile, TLS_ENVIRONMENT, TLS_FOLDER, USUAL_REACH } from '@bakeoff/model'
import type { PlainScenarioFile } from './compose-forms.js'
import type { Problem } from './problem.js'
import type { Located, Path } from './yaml.js'

/** The port that a target listens on, by PORT, unless its target.yaml names another; services and the null server listen there. */
export const TARGET_PORT = USUAL_REACH.port

/** What every target is told by the run itself: a value of its own would never reach it. */
const RESERVED: Readonly<Record<string, string>> = {
  PORT: 'Listen on the port that PORT names, and take it out; `port: 3000` in target.yaml says which it is.',
  CORES: 'It is the cores of the cap, which `cpus` of the scenario sets.',
  MEMORY_BYTES: 'It is the memory of the cap, which `mem_limit` of the scenario sets.',
}

/** What a target with `tls: true` is told besides. */
const RESERVED_BY_TLS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.keys(TLS_ENVIRONMENT).map((name) => [name, `It names a file in ${TLS_FOLDER}: take it out.`]),
)

type Environment = Readonly<Record<string, unknown>> | undefined

/** Variables of a target and of its variants that the run sets. */
export function reservedOfTarget({ value: { env, variants, tls }, problem }: Located<TargetFile>): Problem[] {
  const names = tls ? { ...RESERVED, ...RESERVED_BY_TLS } : RESERVED
  return [
    ...reserved(env, ['env'], problem, names),
    ...Object.entries(variants ?? {}).flatMap(([name, variant]) =>
      reserved(variant.env, ['variants', name, 'env'], problem, names),
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
              hint: `PORT tells it so. Take the line out, or write ${TARGET_PORT}; a target that listens elsewhere says \`port\` in its target.yaml.`,
            }),
          ],
    ),
  ]
}

function reserved(
  environment: Environment,
  path: Path,
  problem: Located<unknown>['problem'],
  names: Readonly<Record<string, string>> = RESERVED,
): Problem[] {
  return Object.keys(environment ?? {}).flatMap((name) => {
    const hint = Object.hasOwn(names, name) ? names[name] : undefined
    return hint === undefined
      ? []
      : [problem([...path, name], `${name} is set by the run, so this value would not be read`, { key: true, hint })]
  })
}
