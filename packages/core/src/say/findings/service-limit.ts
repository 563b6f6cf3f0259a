import { names } from '../../words/names.js'
import { many } from '../../words/quantities.js'
import { defineFinding, measuredCells, withLoad } from './define.js'

/** A sentence about a service at its cap: the figures show the service as much as the targets. */
export const serviceLimit = defineFinding({
  kind: 'service-limit',
  find: (scenario, known) =>
    scenario.services.flatMap(({ name }) => {
      const all = measuredCells(known, scenario.id, scenario.mainLoad)
      const held = all.filter(({ verdict }) =>
        verdict?.causes.some(({ cause, subject }) => cause === 'service-cpu' && subject === name),
      )
      const [first] = held
      if (!first) return []
      const evidence = first.verdict!.causes.find(
        ({ cause, subject }) => cause === 'service-cpu' && subject === name,
      )!.evidence
      return [
        {
          tone: 'caveat' as const,
          text: `${withLoad(first.load)}, ${name} filled its cores with ${held.length === all.length ? `all of ${many(all.length, 'target')}` : names(held)} (${evidence}): there throughput is what ${name} could give, and CPU time per request says more about the targets.${held.every(({ repetitions }) => repetitions < 2) ? ' One repetition: for orientation.' : ''}`,
          cells: held.map(({ id }) => id),
        },
      ]
    }),
})
