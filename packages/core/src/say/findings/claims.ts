import type { ClaimResult, Finding } from '@bakeoff/model'
import { defineFinding } from './define.js'

type Conclusion = ClaimResult['comparisons'][number]['conclusion']

const SAYS: Readonly<Record<Conclusion, string>> = {
  reproduced: 'holds here',
  'same-direction': 'points the same way here',
  contradicted: 'does not hold here',
  undecided: 'is undecided here',
  'not-comparable': 'cannot be compared here',
  'not-measured': 'was not measured here',
}

/** A sentence about a published claim: its conclusion here, and why. Claims that were not measured are only on the Claims page. */
export const claims = defineFinding({
  kind: 'claim',
  find: (scenario, known) =>
    known.claims
      .filter((claim) => claim.scenario === scenario.id)
      .flatMap((claim) => {
        const cellOf = (id: string) => claim.subjects.find((subject) => subject.id === id)?.cell ?? []
        const tell = (says: string, conclusion: Conclusion, why: string, cells: string[]) =>
          conclusion === 'not-measured'
            ? []
            : [
                {
                  tone: toneOf(conclusion),
                  text: `“${says}” (${claim.source.title}) ${SAYS[conclusion]}. ${why}`,
                  cells,
                },
              ]
        return [
          ...claim.comparisons.flatMap(({ statement, conclusion, why, of, to }) =>
            tell(statement, conclusion, why, [cellOf(of), cellOf(to)].flat()),
          ),
          ...claim.statements.flatMap(({ says, conclusion, why }) =>
            tell(
              says,
              conclusion,
              why,
              claim.subjects.flatMap(({ cell }) => cell ?? []),
            ),
          ),
        ]
      }),
})

function toneOf(conclusion: Conclusion): Finding['tone'] {
  switch (conclusion) {
    case 'reproduced':
    case 'same-direction':
    case 'contradicted':
      return 'finding'
    case 'not-comparable':
      return 'caveat'
    case 'undecided':
    case 'not-measured':
      return 'nothing-to-say'
  }
}
