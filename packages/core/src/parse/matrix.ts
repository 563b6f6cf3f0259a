import { type MatrixSpec, matrixFile, type ProfileSpec, parseDurationMs, parseFraction } from '@bakeoff/model'
import { badSpec, didYouMean, type Problem } from './problem.js'
import { type Located, readYaml } from './yaml.js'

/** A window lasts at least this many mean response times, where the profile does not say. */
export const DEFAULT_RESPONSES = 20

/**
 * Parses matrix.yaml, which says what is measured by default.
 *
 * @param scenarios names of all scenarios of the project
 * @param brought profiles for those that the file does not have
 * @throws BakeoffError BAD_SPEC with file, line and column
 */
export function parseMatrix(
  fileName: string,
  text: string,
  scenarios: readonly string[],
  brought: MatrixSpec['profiles'] = {},
): MatrixSpec {
  const located = readYaml(fileName, text, matrixFile)
  const file = located.value
  const problems: Problem[] = problemsOfOrder(located, file.order ?? [], scenarios)
  for (const needed of ['default', 'quick']) {
    if (!file.profiles?.[needed] && !brought[needed])
      problems.push(located.problem(['profiles'], `profiles has no "${needed}"`, { key: true }))
  }
  const profiles: Record<string, ProfileSpec> = { ...brought }
  for (const [name, profile] of Object.entries(file.profiles ?? {})) {
    if (profile.repetitions.min > profile.repetitions.max) {
      problems.push(
        located.problem(
          ['profiles', name, 'repetitions', 'min'],
          `min is ${profile.repetitions.min}, more than max, ${profile.repetitions.max}`,
        ),
      )
    }
    const warmUp = { min: ms(profile.warmUp.min), max: ms(profile.warmUp.max) }
    if (warmUp.min > warmUp.max)
      problems.push(
        located.problem(['profiles', name, 'warmUp', 'min'], 'the least warm-up is longer than the longest'),
      )
    profiles[name] = {
      name,
      budgetMs: ms(profile.budget),
      minRepetitions: profile.repetitions.min,
      maxRepetitions: profile.repetitions.max,
      warmUp: {
        minMs: warmUp.min,
        maxMs: warmUp.max,
        tolerance: share(profile.warmUp.tolerance ?? 0.05),
      },
      windowMs: ms(profile.window),
      curveRates: profile.curve ?? 0,
      leastResponses: profile.responses ?? DEFAULT_RESPONSES,
      requests: profile.requests ?? null,
      tasks: profile.tasks ?? null,
      onlyMainLoad: profile.onlyMainLoad ?? false,
      alternatives: profile.alternatives ?? true,
      secondInstrument: profile.secondInstrument ?? true,
    }
  }
  if (problems.length > 0) throw badSpec(problems, text)
  return {
    scenarios: file.scenarios ?? null,
    targets: file.targets ?? null,
    order: file.order ?? [],
    seed: file.seed ?? null,
    profiles,
    capacity: file.capacity ?? false,
    rates: file.rates ?? [],
  }
}

function problemsOfOrder(
  { problem }: Pick<Located<unknown>, 'problem'>,
  order: readonly string[],
  scenarios: readonly string[],
): Problem[] {
  return order.flatMap((name, index) => {
    if (order.indexOf(name) < index) return [problem(['order', index], `order names ${name} twice`)]
    if (scenarios.includes(name)) return []
    const meant = didYouMean(name, scenarios)
    const hint = meant ? `Did you mean "${meant}"?` : `There are: ${scenarios.join(', ') || 'none in compose/'}`
    return [problem(['order', index], `order names the scenario "${name}", which does not exist`, { hint })]
  })
}

function ms(text: string): number {
  return parseDurationMs(text) as number
}

function share(value: string | number): number {
  return typeof value === 'number' ? value : (parseFraction(value) as number)
}
