import {
  parseDurationMs,
  type Reach,
  type TargetFile,
  type TargetSpec,
  targetFile,
  USUAL_REACH,
  type VariantSpec,
} from '@bakeoff/model'
import { badSpec, type Problem } from './problem.js'
import { reservedOfTarget } from './reserved-env.js'
import { type SourceTexts, sourceOf } from './target-source.js'
import { type Located, readYaml } from './yaml.js'

export interface TargetTexts extends SourceTexts {
  /** the folder's name, which is the target's name */
  readonly name: string
  /** path of target.yaml as it is shown in errors */
  readonly file: string
  readonly yaml: string
  /** whether a folder has a Dockerfile, by its path relative to compose/; absent: every one has */
  readonly buildable?: (path: string) => boolean
}

/**
 * Parses a target from the texts of its folder.
 *
 * @throws BakeoffError BAD_SPEC with file, line and column
 */
export function parseTarget(texts: TargetTexts): TargetSpec {
  const located = readYaml(texts.file, texts.yaml, targetFile)
  const file = located.value
  const { source, problems: ofSource } = sourceOf(texts, located)
  const problems = [
    ...problemsOfFolder(texts, located),
    ...ofSource,
    ...problemsOfVariants(located),
    ...problemsOfServices(texts, located),
  ]
  if (problems.length > 0) throw badSpec(problems, texts.yaml)
  const env = asTexts(file.env)
  const named: NonNullable<TargetFile['variants']> = file.variants ?? { default: { summary: file.summary } }
  const variants = Object.entries(named).map(
    ([name, variant]): VariantSpec => ({
      name,
      summary: variant.summary,
      env: { ...env, ...asTexts(variant.env) },
      replicas: variant.replicas ?? 1,
      proxy: variant.proxy ?? null,
      command: variant.command ?? null,
      scenarios: variant.scenarios ?? file.scenarios,
      role: variant.role ?? file.role ?? 'contender',
      alternative: variant.alternative ?? file.alternative ?? false,
      standIn: variant.standIn ?? file.standIn ?? null,
      ...(variant.services ? { services: variant.services } : {}),
    }),
  )
  return {
    name: texts.name,
    folder: texts.folder,
    language: file.language,
    stack: file.stack,
    summary: file.summary,
    scenarios: file.scenarios,
    requires: file.requires ?? [],
    ...(file.neverRun === undefined ? {} : { neverRun: file.neverRun }),
    readyTimeoutMs: parseDurationMs(file.readyTimeout ?? '60s') as number,
    variants,
    yaml: texts.yaml,
    ...source,
    ...reachIn(file),
    ...(file.tmpfs ? { tmpfs: file.tmpfs } : {}),
  }
}

/** How the target is reached, where that is not as usual. */
function reachIn({ port, health, tls }: TargetFile): { readonly reach?: Reach } {
  const { path, status = USUAL_REACH.health.status } = health ?? USUAL_REACH.health
  const reach: Reach = { port: port ?? USUAL_REACH.port, health: { path, status }, tls: tls ?? false }
  return JSON.stringify(reach) === JSON.stringify(USUAL_REACH) ? {} : { reach }
}

function problemsOfFolder(texts: TargetTexts, located: Located<TargetFile>): Problem[] {
  const file = located.value
  const problems: Problem[] = []
  if (!/^[a-z0-9][a-z0-9-]*$/.test(texts.name)) {
    problems.push(
      located.problem([], `the folder is called "${texts.name}": names are lower-case letters, digits and hyphens`),
    )
  }
  if (file.variants && Object.keys(file.variants).length === 0) {
    problems.push(
      located.problem(['variants'], 'variants is empty', {
        key: true,
        hint: 'Leave it out: the target then has one variant, `default`.',
      }),
    )
  }
  if (file.variants === undefined && file.role === 'as-published' && file.standIn) {
    problems.push(
      located.problem(['role'], 'what stands in for other libraries is not as published', {
        hint: 'Take `standIn` out, or make it an experiment.',
      }),
    )
  }
  return problems
}

function problemsOfVariants(located: Located<TargetFile>): Problem[] {
  const file = located.value
  const problems: Problem[] = reservedOfTarget(located)
  for (const [name, variant] of Object.entries(file.variants ?? {})) {
    for (const [index, scenario] of (variant.scenarios ?? []).entries()) {
      if (!file.scenarios.includes(scenario)) {
        problems.push(
          located.problem(
            ['variants', name, 'scenarios', index],
            `the variant serves "${scenario}", which the target's own scenarios do not list`,
          ),
        )
      }
    }
    if ((variant.role ?? file.role) === 'as-published' && (variant.standIn ?? file.standIn)) {
      problems.push(
        located.problem(
          variant.role ? ['variants', name, 'role'] : ['variants', name],
          'what stands in for other libraries is not as published',
          { key: variant.role === undefined, hint: 'Take `standIn` out, or make it an experiment.' },
        ),
      )
    }
    if (variant.replicas !== undefined && variant.replicas > 1 && variant.proxy === undefined) {
      problems.push(
        located.problem(['variants', name, 'replicas'], 'several replicas need a proxy in front of them', {
          hint: 'Add `proxy: caddy`.',
        }),
      )
    }
    if (file.tls && variant.proxy !== undefined) {
      problems.push(
        located.problem(['variants', name, 'proxy'], 'the proxy asks its replicas without TLS, and `tls` is true', {
          key: true,
          hint: 'Take `tls` or `proxy` out.',
        }),
      )
    }
  }
  return problems
}

/** What is wrong with services of a variant's own, as far as its target alone can tell. */
function problemsOfServices(
  { buildable = () => true }: TargetTexts,
  { value, problem }: Located<TargetFile>,
): Problem[] {
  return Object.entries(value.variants ?? {}).flatMap(([name, variant]) => {
    const at = ['variants', name, 'services']
    const services = Object.entries(variant.services ?? {})
    const isContender = (variant.role ?? value.role ?? 'contender') === 'contender'
    return [
      ...(services.length > 0 && isContender
        ? [
            problem(at, 'a contender runs on the services of the scenario, as all others do', {
              key: true,
              hint: 'Take `services` out, or say what else it is by `role`.',
            }),
          ]
        : []),
      ...services.flatMap(([service, folder]) =>
        buildable(folder) ? [] : [problem([...at, service], `there is no Dockerfile in compose/${folder.slice(2)}`)],
      ),
    ]
  })
}

/** Environment values as texts, which YAML may have parsed as numbers or booleans. */
function asTexts(env: Readonly<Record<string, string | number | boolean>> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(env ?? {}).map(([key, value]) => [key, String(value)]))
}
