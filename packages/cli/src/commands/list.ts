import { type BrokenPart, brokenWarning, type Catalogue, inOrder, needKnown } from '@bakeoff/core'
import { type LoadSpec, loadIdOf, roleWords } from '@bakeoff/model'
import type { Colours } from '../paint.js'
import { readCatalogue } from '../project.js'
import type { AddCommand } from './shared/command.js'
import { jsonOption, toJson } from './shared/json.js'
import { scenario } from './shared/selection.js'
import { orAll } from './shared/values.js'

export const addList: AddCommand = (program, { project, terminal }) =>
  program
    .command('list')
    .description('list the scenarios, and the targets that serve them')
    .addOption(scenario)
    .addOption(jsonOption('the list'))
    .action(({ json, scenario: only }: { json?: boolean; scenario?: readonly string[] }) => {
      const catalogue = narrowed(readCatalogue(project), orAll(only))
      terminal.print(json ? toJson(listJson(catalogue)) : listText(catalogue, terminal.colours))
    })

/**
 * The scenarios that are named, and the targets that serve them; null: all.
 *
 * @throws BakeoffError BAD_SPEC for a name that does not exist
 */
export function narrowed(catalogue: Catalogue, names: readonly string[] | null): Catalogue {
  if (names === null) return catalogue
  const known = catalogue.scenarios.map(({ id }) => id)
  for (const name of names) needKnown('scenario', name, known)
  return {
    ...catalogue,
    scenarios: catalogue.scenarios.filter(({ id }) => names.includes(id)),
    targets: catalogue.targets.filter(({ variants }) =>
      variants.some((variant) => variant.scenarios.some((id) => names.includes(id))),
    ),
  }
}

/** Lists the scenarios with their loads and the targets that serve them; last what is left out, struck through, and why. */
export function listText(catalogue: Catalogue, colours: Pick<Colours, 'struck'>): string {
  const lines: string[] = []
  for (const shown of inOrder(catalogue.scenarios, ({ id }) => id, catalogue.matrix.order)) {
    lines.push(`${shown.id}: ${shown.summary}`)
    lines.push(
      `  cores: target ${shown.target.cpus}${shown.services.map(({ name, cpus }) => `, ${name} ${cpus}`).join('')}; loads ${shown.loads.map((load: LoadSpec) => loadIdOf(load)).join(', ')}`,
    )
    for (const target of catalogue.targets) {
      const variants = target.variants
        .filter((variant) => variant.scenarios.includes(shown.id))
        .map((variant) => {
          const words = roleWords(variant, variant.name)
          return words ? `${variant.name} (${words})` : variant.name
        })
      if (variants.length > 0)
        lines.push(`  ${target.name.padEnd(30)} ${target.language.padEnd(8)} ${variants.join(', ')}`)
    }
    lines.push('')
  }
  if (catalogue.broken.length > 0)
    lines.push('left out', ...catalogue.broken.flatMap((part) => brokenRows(part, colours)))
  return lines.join('\n').trimEnd()
}

function brokenRows(part: BrokenPart, { struck }: Pick<Colours, 'struck'>): string[] {
  const gap = ' '.repeat(Math.max(1, 31 - part.name.length))
  const [first, ...rest] = [...part.message.split('\n'), part.hint]
  return [
    `  ${struck(part.name)}${gap}${part.kind.padEnd(8)} ${first}`,
    ...rest.map((line) => `${' '.repeat(42)}${line}`),
  ]
}

/** The same list for programs. */
export function listJson(catalogue: Catalogue): unknown {
  return {
    scenarios: catalogue.scenarios.map(({ id, summary, loads }) => ({ id, summary, loads: loads.map(loadIdOf) })),
    targets: catalogue.targets.map(({ name, language, stack, summary, variants }) => ({
      name,
      language,
      stack,
      summary,
      variants: variants.map((variant) => ({
        name: variant.name,
        summary: variant.summary,
        scenarios: variant.scenarios,
        role: variant.role,
        standIn: variant.standIn,
      })),
    })),
    broken: catalogue.broken.map((part) => ({ kind: part.kind, name: part.name, ...brokenWarning(part) })),
  }
}
