import type { ClaimSubject } from '@bakeoff/model'
import { many } from './quantities.js'

/** `1,800 tasks at 200`, `1,000 requests over 10 connections`, `10 users`. */
export function settingWords({ load }: ClaimSubject): string {
  const { tasks, requests, concurrency, connections, users, perSecond } = load
  const amount = tasks === undefined ? requests && many(requests, 'request') : many(tasks, 'task')
  const width = [
    ...(concurrency === undefined ? [] : [amount ? `at ${concurrency}` : `${concurrency} at once`]),
    ...(connections === undefined ? [] : [`${amount ? 'over ' : ''}${many(connections, 'connection')}`]),
    ...(users === undefined ? [] : [`${amount ? 'by ' : ''}${many(users, 'user')}`]),
    ...(perSecond === undefined ? [] : [`${many(perSecond, 'request')} a second`]),
  ]
  return [...(amount ? [amount] : []), ...width].join(' ') || 'a load that the source does not give'
}
