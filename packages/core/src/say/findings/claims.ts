import { type ClaimResult, type Finding, withoutReservations } from '@bakeoff/model'
import { defineFinding, suspectsAmong } from './define.js'

type Conclusion = ClaimResult['comparisons'][number]['conclusion']

const SAYS: Readonly<Record<Conclusion, string>> = {
  reproduced: 'holds here',
  'same-direction': 'holds in direction here',
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
        const tell = (says: string, conclusion: Conclusion, why: string, cells: string[]) => {
          if (conclusion === 'not-measured') return []
          const tone = toneOf(conclusion)
          // The reason names its suspects, and so does every finding but a caveat, before anything else.
          const because = tone === 'caveat' ? why : withoutReservations([suspectsAmong(known, cells)], why)
          return [{ tone, text: `“${says}” (${claim.source.title}) ${SAYS[conclusion]}. ${because}`, cells }]
        }
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
