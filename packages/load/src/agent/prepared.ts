import { keysOfGolden, linksOf, ranksOf } from '@bakeoff/core'
import type { Work } from '@bakeoff/runner/ports'
import { answerCapBytes } from '../answer-cap.js'
import type { CheckedRequest, Prepared } from '../worker/prepared-work.js'

/** What the load processes need of a work: golden answers stay here, where answers are compared. */
export function preparedOf(work: Work): Prepared {
  const { requests, golden, state, seed, respell, trust } = work
  const answered = requests.map(
    (request, index): CheckedRequest => ({ request, expectedStatus: golden[index]?.status ?? 200 }),
  )
  const common = {
    requests: answered,
    seed,
    respell,
    ...(trust ? { trust } : {}),
    answerCapBytes: answerCapBytes(golden),
  }
  if (!state) return { ...common, state: null }
  const given = state.before.flatMap(({ capture }) => Object.keys(capture ?? {}))
  const { providers } = ranksOf(linksOf(state, requests, golden), given)
  return {
    ...common,
    state: {
      values: state.values,
      traffic: state.traffic,
      secrets: state.secrets,
      countFrom: state.countFrom,
      goldenKeys: golden.map(keysOfGolden),
      providers: Object.fromEntries(providers),
    },
  }
}
