import { readInside } from '@bakeoff/containers'
import {
  badSpec,
  type Catalogue,
  type Hide,
  hideIn,
  hiderOf,
  type Problem,
  readYaml,
  SHORTEST_SECRET,
} from '@bakeoff/core'
import { BakeoffError, jsonSchemas, type Plan, type ScenarioSpec, scenarioFile } from '@bakeoff/model'
import type { RunSink } from '@bakeoff/runner/ports'
import type { Project } from './project.js'

/** The secrets of a run: their values by their variables, and what keeps them out of everything that is written or shown. */
export interface Secrets {
  readonly values: Readonly<Record<string, string>>
  readonly hide: Hide
}

/**
 * Reads the variables that the scenarios of a plan have as secrets.
 *
 * @throws BakeoffError BAD_SPEC with the place of each value whose variable is not set, or is too short to be hidden, and for one that is a word of what is written
 */
export function readSecrets(
  { root }: Pick<Project, 'root'>,
  { scenarios }: Pick<Catalogue, 'scenarios'>,
  plan: Pick<Plan, 'scenarios'>,
  env: Readonly<Record<string, string | undefined>>,
): Secrets {
  const values: Record<string, string> = {}
  for (const { id } of plan.scenarios) {
    const scenario = scenarios.find((one) => one.id === id)
    const secrets = secretsOf(scenario)
    const wrong = secrets.flatMap(({ key, variable }) => {
      const problem = secretProblem(variable, env[variable])
      return problem === null ? [] : [{ key, variable, ...problem }]
    })
    if (scenario && wrong.length > 0) {
      const text = readInside(root, scenario.file) ?? ''
      const located = readYaml(scenario.file, text, scenarioFile)
      const problems = wrong.map(
        ({ key, message, hint }): Problem =>
          located.problem(['x-scenario', 'values', key, 'secret'], message, { hint }),
      )
      throw badSpec(problems, text)
    }
    for (const { variable } of secrets) values[variable] = env[variable] as string
  }
  const [common] = Object.entries(values).find(([, value]) => isOfRecords(value, plan)) ?? []
  if (common !== undefined)
    throw new BakeoffError(
      'BAD_SPEC',
      `the value of ${common} stands in the plan of this run, or is a word of its records: to hide it would spoil them`,
      {
        hint: `Give ${common} another value: ${common}=… npm run … One that stands in a file of the project, such as in the environment of a service, is no secret: write it into the requests.`,
      },
    )
  return { values, hide: hiderOf(values) }
}

/** Whether a text is a part of what every run writes, or of this plan. */
function isOfRecords(value: string, plan: Pick<Plan, 'scenarios'>): boolean {
  const { 'run.schema.json': records = '', 'event.schema.json': events = '' } = jsonSchemas()
  return [records, events, JSON.stringify(plan)].some((text) => text.includes(value))
}

function secretsOf(scenario: ScenarioSpec | undefined): { readonly key: string; readonly variable: string }[] {
  return Object.entries(scenario?.state?.values ?? {}).flatMap(([key, value]) =>
    value.kind === 'secret' ? [{ key, variable: value.variable }] : [],
  )
}

/** What is wrong with the value of a variable that is a secret, and what to do; null: nothing. */
export function secretProblem(
  variable: string,
  value: string | undefined,
): { readonly message: string; readonly hint: string } | null {
  if (value === undefined || value === '')
    return {
      message: `the variable ${variable} is not set, and requests need it`,
      hint: `Set it for this command: ${variable}=… npm run …`,
    }
  if (value.length < SHORTEST_SECRET)
    return {
      message: `${variable} has ${value.length} characters: too short to be kept out of what is written`,
      hint: `Give it ${SHORTEST_SECRET} at least. A shorter one would have to be hidden in the middle of other words.`,
    }
  return null
}

/** A sink to which everything comes without the secrets. */
export function hidingSink(sink: RunSink, { values, hide }: Secrets): RunSink {
  if (Object.keys(values).length === 0) return sink
  return {
    writePlan: (text) => sink.writePlan(hide(text)),
    writeRecord: (record) => sink.writeRecord(hideIn(record, hide)),
    writeCalibration: (text) => sink.writeCalibration(hide(text)),
    event: (event) => sink.event(hideIn(event, hide)),
  }
}

/** An error without the secrets; one that is not for the user stays as it is. */
export function hiddenError(error: unknown, { values, hide }: Secrets): unknown {
  if (Object.keys(values).length === 0 || !(error instanceof BakeoffError)) return error
  const { code, message, hint, logTail, cause } = error
  return new BakeoffError(code, hide(message), {
    cause,
    logTail: logTail.map(hide),
    ...(hint === null ? {} : { hint: hide(hint) }),
  })
}
