import type { PlanWarning, RequestLine, ScenarioSpec } from '@bakeoff/model'
import { many } from '../words/quantities.js'

/** `{{id}}` and `${TOKEN}`, which other tools would replace. */
const PLACEHOLDER = /\{\{\s*[\w.-]+\s*\}\}|\$\{[A-Za-z_]\w*\}/

/** A warning where requests have what looks like a value to be filled in: they are sent as they stand. At most one for each scenario. */
export function placeholdersIn({ id, requests }: Pick<ScenarioSpec, 'id' | 'requests'>): PlanWarning[] {
  const found = requests.flatMap((request) => placeholderIn(request) ?? [])
  const [first] = found
  if (first === undefined) return []
  return [
    {
      what: `${first} goes out as it stands, in ${many(found.length, 'request')}`,
      where: id,
      why: 'Nothing is filled into requests, neither from the environment nor from earlier answers.',
      todo: 'Write the value itself. Where an id is made at run time, let the request give it (as an idempotency key does), or ask for what the store was built with.',
    },
  ]
}

function placeholderIn({ path, headers, body }: RequestLine): string | null {
  for (const text of [path, ...Object.values(headers), body ?? '']) {
    const [found] = PLACEHOLDER.exec(text) ?? []
    if (found !== undefined) return found
  }
  return null
}
