import { type ClaimFigures, type ClaimSpec, claimFile } from '@bakeoff/model'
import { badSpec, didYouMean, type Problem } from './problem.js'
import { readYaml } from './yaml.js'

/**
 * Parses a published comparison with its figures.
 *
 * @throws BakeoffError BAD_SPEC with file, line and column
 */
export function parseClaim(fileName: string, text: string): ClaimSpec {
  const located = readYaml(fileName, text, claimFile)
  const file = located.value
  const subjects = Object.keys(file.subjects)
  const problems: Problem[] = []
  const needSubject = (name: string, path: PropertyKey[]) => {
    if (subjects.includes(name)) return
    const meant = didYouMean(name, subjects)
    problems.push(
      located.problem(
        path,
        `"${name}" is not one of the subjects`,
        meant ? { hint: `Did you mean "${meant}"?` } : { hint: `Subjects: ${subjects.join(', ')}` },
      ),
    )
  }
  for (const [index, { of, to }] of file.comparisons.entries()) {
    needSubject(of, ['comparisons', index, 'of'])
    needSubject(to, ['comparisons', index, 'to'])
  }
  for (const [index, statement] of (file.statements ?? []).entries()) {
    for (const [at, subject] of statement.subjects.entries())
      needSubject(subject, ['statements', index, 'subjects', at])
    for (const [part, { subjects: own }] of (statement.and ?? []).entries()) {
      for (const [at, subject] of own.entries())
        needSubject(subject, ['statements', index, 'and', part, 'subjects', at])
    }
  }
  if (problems.length > 0) throw badSpec(problems, text)
  const { source } = file
  return {
    id: file.id,
    title: file.title,
    source: {
      title: source.title,
      author: source.author ?? null,
      published: source.published === undefined ? null : String(source.published),
      url: source.url ?? null,
    },
    setting: file.setting,
    scenario: file.scenario,
    subjects: Object.entries(file.subjects).map(([id, subject]) => ({
      id,
      target: subject.target,
      variant: subject.variant,
      says: subject.says,
      figures: flatten(subject.figures),
      load: numbersIn(subject.load ?? {}),
    })),
    comparisons: file.comparisons,
    statements: (file.statements ?? []).map((statement) => ({
      ...statement,
      service: statement.service ?? null,
      and: (statement.and ?? []).map((part) => ({ ...part, service: part.service ?? null })),
    })),
    caps: file.caps ?? {},
    ...(file.differs === undefined ? {} : { differs: file.differs }),
    notes: file.notes ?? [],
  }
}

/** Tables of figures, { percentilesMs: { "50": 36 } }, as flat ones: { "percentilesMs.50": 36 }. */
function flatten(figures: Readonly<Record<string, number | Readonly<Record<string, number>>>>): ClaimFigures {
  return Object.fromEntries(
    Object.entries(figures).flatMap(([key, value]) =>
      typeof value === 'number'
        ? [[key, value]]
        : Object.entries(value).map(([inner, each]) => [`${key}.${inner}`, each]),
    ),
  )
}

function numbersIn(load: Readonly<Record<string, number | undefined>>): Record<string, number> {
  return Object.fromEntries(Object.entries(load).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])))
}
