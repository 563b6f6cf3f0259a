/** Makes a target in a language that no shipped target is written in, from the template for any language. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expectedWords, requestWords } from '@bakeoff/core'
import { BakeoffError, boundedText, type ContractCase, type ScenarioSpec } from '@bakeoff/model'
import { asWritten } from './called-as.js'
import type { Project } from './project.js'
import { withKnownSchema } from './schema-line.js'
import { filesOf } from './target-files.js'
import { ANY_LANGUAGE } from './templates.js'

export interface GeneralTarget {
  readonly name: string
  readonly language: string
  readonly scenario: ScenarioSpec
}

/** Writes the files of the target into its folder, which is made. */
export function writeGeneralTarget(project: Project, folder: string, target: GeneralTarget): void {
  const template = templateFolder(project)
  const values: Readonly<Record<string, string>> = {
    name: target.name,
    language: target.language,
    scenario: target.scenario.id,
    checklist: checklistOf(target.scenario).join('\n'),
  }
  for (const file of filesOf(template)) {
    const path = join(folder, relative(template, file))
    mkdirSync(dirname(path), { recursive: true })
    const text = withKnownSchema(asWritten(readFileSync(file, 'utf8'), project), path)
    writeFileSync(
      path,
      text.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => values[name] ?? whole),
    )
  }
}

/** The contract of a scenario, point by point, as lines to be ticked off. */
export function checklistOf({ id, target, requests, golden, contract, places }: ScenarioSpec): string[] {
  const [request, answer] = [requests[0], golden[0]]
  const names = Object.keys(target.environment)
  return [
    ...(names.length === 0
      ? []
      : [`- [ ] it takes its settings from ${names.map((name) => `\`${name}\``).join(', ')}`]),
    `- [ ] it answers the ${requests.length} requests of \`${places?.requests ?? `compose/${id}.yaml`}\` as \`${places?.golden ?? `compose/${id}.yaml`}\` says: the first is ${code(request)}, answered with ${code(answer)}`,
    ...contract.map((one, index) => caseLine(one, places?.contract[index])),
  ]
}

function caseLine(one: ContractCase, place: string | undefined): string {
  return `- [ ] ${one.name}: \`${requestWords(one)}\` → ${expectedWords(one)}${place === undefined ? '' : ` (\`${place}\`)`}`
}

function code(value: unknown): string {
  return `\`${boundedText(JSON.stringify(value) ?? '', 200)}\``
}

/** A project of a user's own may have no templates: those that the program brings along are taken then. */
function templateFolder({ root, home }: Project): string {
  const found = [root, home].map((place) => join(place, ANY_LANGUAGE)).find((folder) => existsSync(folder))
  if (found) return found
  throw new BakeoffError('BAD_SPEC', `${ANY_LANGUAGE} is missing in ${root}`, {
    hint: 'In a checkout, git status shows what is gone.',
  })
}
