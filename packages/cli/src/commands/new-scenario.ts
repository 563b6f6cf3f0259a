import { many, type SecretsAs } from '@bakeoff/core'
import { InvalidArgumentError, Option } from 'commander'
import { isScenarioName, type NewScenario, newScenario } from '../new-scenario.js'
import { shownPath } from '../project.js'
import { type ScenarioSources, USUAL_NUMBERS } from '../scenario-sources.js'
import type { Terminal } from '../terminal.js'
import type { AddCommand } from './shared/command.js'
import { names, positiveInteger, texts } from './shared/values.js'

interface Flags {
  readonly har?: string
  readonly openapi?: string
  readonly curl?: readonly string[]
  readonly compose?: string
  readonly from?: string
  readonly reference?: string
  readonly replace?: string
  readonly targetService?: string
  readonly origin?: readonly string[]
  readonly mime?: readonly string[]
  readonly method?: readonly string[]
  readonly most: number
  readonly each: number
  readonly seed: number
  readonly count?: number
  readonly port: number
  readonly secrets: SecretsAs
  readonly dryRun?: boolean
}

export const addNewScenario: AddCommand = (program, invocation) =>
  program
    .command('new-scenario')
    .description('make a scenario of recorded traffic, an OpenAPI file, curl commands or a docker-compose file')
    .argument('<name>', 'its name, which is that of its file and folder in compose/', scenarioName)
    .option('--har <file>', 'requests and answers of an API, as the network panel of a browser saves them')
    .option('--openapi <file>', 'requests by the examples and schemas of an OpenAPI 3 file, JSON or YAML')
    .option('--curl <command>', 'one curl command or several, or @FILE with them; may be repeated', texts)
    .option('--from <url>', 'record what is sent to a proxy in front of this server, until Ctrl-C or --count')
    .option('--compose <file>', 'the services of a docker-compose file; alone, or beside one that gives requests')
    .option(
      '--reference <target or url>',
      'the target, or the running server, whose answers are the golden ones: it is asked everything twice',
    )
    .option(
      '--replace <scenario>',
      'a scenario that init began, and whose place this one takes: its services stay, its files are removed, and targets that serve it serve this one',
      scenarioName,
    )
    .option('--target-service <name>', 'the service of the docker-compose file that is measured')
    .option('--origin <url>', 'of --har: requests to this origin; may be repeated', texts)
    .option('--mime <type>', 'of --har and --from: answers of this media type; may be repeated', names)
    .option('--method <method>', 'of --har, --from and --openapi: requests by this method; may be repeated', names)
    .addOption(
      new Option('--most <n>', 'of --har, --from and --openapi: so many requests at most')
        .argParser(positiveInteger)
        .default(USUAL_NUMBERS.most),
    )
    .addOption(
      new Option('--each <n>', 'of --openapi: requests of an operation that has no example')
        .argParser(positiveInteger)
        .default(USUAL_NUMBERS.each),
    )
    .addOption(
      new Option('--seed <n>', 'of --openapi: seed of values that are made')
        .argParser(positiveInteger)
        .default(USUAL_NUMBERS.seed),
    )
    .addOption(new Option('--count <n>', 'of --from: end after so many requests').argParser(positiveInteger))
    .addOption(
      new Option('--port <n>', 'of --from: the port of the proxy; 0: any that is free')
        .argParser(port)
        .default(USUAL_NUMBERS.port),
    )
    .addOption(
      new Option(
        '--secrets <what>',
        'headers with a secret are dropped, or become values that are read from the environment',
      )
        .choices(['dropped', 'values'])
        .default('dropped'),
    )
    .option('--dry-run', 'print what would be written')
    .action(async (name: string, { dryRun = false, ...flags }: Flags) => {
      const made = await newScenario(invocation, name, sourcesOf(flags), { write: !dryRun })
      for (const note of made.notes) invocation.terminal.say(`- ${note}`)
      if (dryRun) printTexts(made, invocation.terminal)
      else for (const line of nextSteps(name, made)) invocation.terminal.print(line)
    })

function sourcesOf({ origin, mime, method, ...flags }: Omit<Flags, 'dryRun'>): ScenarioSources {
  return {
    har: flags.har ?? null,
    openapi: flags.openapi ?? null,
    curl: flags.curl ?? null,
    compose: flags.compose ?? null,
    from: flags.from ?? null,
    reference: flags.reference ?? null,
    replace: flags.replace ?? null,
    targetService: flags.targetService ?? null,
    filter: { origins: origin ?? null, mimes: mime ?? null, methods: method ?? null },
    most: flags.most,
    each: flags.each,
    seed: flags.seed,
    count: flags.count ?? null,
    port: flags.port,
    secretsAs: flags.secrets,
  }
}

/** Lines of a file of requests or answers that are shown. */
const MOST_SHOWN = 20

function printTexts(made: NewScenario, { print }: Terminal): void {
  for (const [file, text] of Object.entries(made.texts)) {
    const lines = text.trimEnd().split('\n')
    const isLong = file.endsWith('.ndjson') && lines.length > MOST_SHOWN
    print(`# ${file}`)
    for (const line of isLong ? lines.slice(0, MOST_SHOWN) : lines) print(line)
    if (isLong) print(`… and ${lines.length - MOST_SHOWN} more`)
  }
}

/** What was written, and what a user does next. */
export function nextSteps(
  name: string,
  { folder, requests, target, served }: Pick<NewScenario, 'folder' | 'requests' | 'target' | 'served'>,
): string[] {
  return [
    `${shownPath(folder)}.yaml and ${shownPath(folder)} are there, with ${many(requests, 'request')}.`,
    ...(target === null ? [] : [target]),
    served.length > 0
      ? `Look at it. Targets that serve it: ${served.join(', ')}.`
      : `Look at it, then say which targets serve it: \`scenarios: [${name}]\` in their target.yaml.`,
    `What a run would do: npm run plan -- --scenario ${name}`,
    `Whether targets answer as the reference did: npm run check -- --scenario ${name}`,
  ]
}

function scenarioName(value: string): string {
  if (isScenarioName(value)) return value
  throw new InvalidArgumentError('Names are lower-case letters, digits and hyphens, such as orders.')
}

function port(value: string): number {
  const number = Number(value)
  if (value.trim() !== '' && Number.isInteger(number) && number >= 0 && number <= 65_535) return number
  throw new InvalidArgumentError('Write a port, or 0 for any that is free.')
}
