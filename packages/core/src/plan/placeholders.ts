import type { PlanWarning, RequestLine, ScenarioSpec } from '@bakeoff/model'
import { requestTexts } from '../state/template.js'
import { many } from '../words/quantities.js'

/** `{{id}}` and `${TOKEN}`, which other tools would replace. */
const PLACEHOLDER = /\{\{\s*[\w.-]+\s*\}\}|\$\{[A-Za-z_]\w*\}/

/** In a scenario with values `{{id}}` is filled in, or the file was refused. */
const NEVER_FILLED = /\$\{[A-Za-z_]\w*\}/

/** A warning where requests have what looks like a value to be filled in, and are sent as they stand. At most one for each scenario. */
export function placeholdersIn({
  id,
  requests,
  state,
}: Pick<ScenarioSpec, 'id' | 'requests' | 'state'>): PlanWarning[] {
  const found = requests.flatMap((request) => placeholderIn(request, state ? NEVER_FILLED : PLACEHOLDER) ?? [])
  const [first] = found
  if (first === undefined) return []
  return [
    {
      what: `${first} goes out as it stands, in ${many(found.length, 'request')}`,
      where: id,
      why: 'Only {{key}} is filled in, and only where `values` of the scenario says where it comes from.',
      todo: 'Write {{key}} and `values: { key: … }` in x-scenario (docs/adding-a-scenario.md), or the value itself.',
    },
  ]
}

function placeholderIn(request: RequestLine, pattern: RegExp): string | null {
  for (const text of requestTexts(request)) {
    const [found] = pattern.exec(text) ?? []
    if (found !== undefined) return found
  }
  return null
}
