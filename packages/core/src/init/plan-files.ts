import { list, many } from '../words/quantities.js'
import { dockerfileFor, dockerignoreFor } from './dockerfiles.js'
import { asName, DRAFT, type FoundService, unique } from './found.js'
import { GITIGNORE, matrixText, type ScenarioFacts, scenarioText, TO_BE_WRITTEN } from './scenario-text.js'
import { targetText } from './target-text.js'

/** The folder of a repository that may be a project, so that the repository need not be one itself. */
export const PROJECT_FOLDER = 'bakeoff'

/** What is begun of what was found. */
export interface Beginning {
  /** the name of the repository's folder */
  readonly repository: string
  /** at least one */
  readonly services: readonly FoundService[]
  readonly surroundings: ScenarioFacts['surroundings']
  /** the .dockerignore of the repository; null: there is none */
  readonly dockerignore: string | null
}

export interface PlannedFile {
  /** from the repository, with `/` */
  readonly path: string
  readonly text: string
  /** what it is, in a list of files */
  readonly is: string
}

export interface InitPlan {
  readonly files: readonly PlannedFile[]
  readonly scenario: string
  /** under the names of their targets */
  readonly services: readonly FoundService[]
  /** names of targets, in the order of the services */
  readonly targets: readonly string[]
  /** what a user should know of them, a sentence each */
  readonly notes: readonly string[]
}

/** What the folders of compose/ that the program brings along are called: one of the project would take their place. */
const BROUGHT = new Set(['base', 'caddy', 'null-server', 'runtimes', 'toolchains', 'wrk', 'models', 'debian'])

/** The files of a project for services that were found, all of them new. */
export function planFiles({ repository, services: found, surroundings, dockerignore }: Beginning): InitPlan {
  const services = unique(found)
  const [first] = services as [FoundService, ...FoundService[]]
  const scenario = scenarioName(services.length === 1 ? first.name : asName(repository))
  const path = services.map(({ health }) => health).find((health) => health !== null) ?? '/'
  const own = (file: string) => `${PROJECT_FOLDER}/${file}`
  return {
    scenario,
    services,
    targets: services.map(({ name }) => name),
    files: [
      { path: own('matrix.yaml'), text: matrixText(repository), is: 'what is measured when nothing else is asked for' },
      {
        path: own(`compose/${scenario}.yaml`),
        text: scenarioText({ name: scenario, path, services, surroundings }),
        is: 'the scenario, which explains itself',
      },
      {
        path: own(`compose/${scenario}/requests.ndjson`),
        text: `${JSON.stringify({ method: 'GET', path })}\n`,
        is: 'what is asked',
      },
      {
        path: own(`compose/${scenario}/golden.ndjson`),
        text: `${JSON.stringify({ status: 200, body: TO_BE_WRITTEN })}\n`,
        is: 'what must come back: to be written, or recorded',
      },
      ...services.flatMap((service) => targetFiles(service, scenario)),
      { path: own('.gitignore'), text: GITIGNORE, is: 'reports are not committed' },
    ],
    notes: notesOf(services, dockerignore),
  }
}

function scenarioName(name: string): string {
  return BROUGHT.has(name) ? `${name}-requests` : name
}

function targetFiles(service: FoundService, scenario: string): PlannedFile[] {
  const target = {
    path: `${PROJECT_FOLDER}/targets/${service.name}/target.yaml`,
    text: targetText(service, scenario),
    is: `the target ${service.name}`,
  }
  if (service.image.kind !== 'draft') return [target]
  const facts = { ...service.image.draft, stack: service.stack, port: service.port ?? 8080 }
  const beside = service.folder === '.' ? '' : `${service.folder}/`
  return [
    target,
    { path: `${beside}${DRAFT}`, text: dockerfileFor(facts), is: `a draft, since ${service.name} has no Dockerfile` },
    {
      path: `${beside}${DRAFT}.dockerignore`,
      text: dockerignoreFor(facts.language),
      is: 'what its build does without',
    },
  ]
}

function notesOf(services: readonly FoundService[], dockerignore: string | null): string[] {
  const namesOf = (is: (service: FoundService) => boolean) => services.filter(is).map(({ name }) => name)
  const drafted = namesOf(({ image }) => image.kind === 'draft')
  const withoutHealth = namesOf(({ health }) => health === null)
  const ofWhole = namesOf(({ folder, image }) => folder === '.' && image.kind === 'own' && image.dockerfile !== DRAFT)
  const isIgnored = /^\/?bakeoff\/?\s*$/m.test(dockerignore ?? '')
  return [
    ...(drafted.length > 0
      ? [`${list(drafted)} ${drafted.length === 1 ? 'has' : 'have'} no Dockerfile: look at ${DRAFT}, which is a draft.`]
      : []),
    ...(withoutHealth.length > 0
      ? [
          `No health check was found for ${list(withoutHealth)}: GET /health has to answer 200, or write \`health\` in target.yaml.`,
        ]
      : []),
    ...(ofWhole.length > 0 && !isIgnored
      ? [
          `${list(ofWhole)} ${ofWhole.length === 1 ? 'is' : 'are'} built from the whole repository: add the line "bakeoff" to .dockerignore, else each report makes ${ofWhole.length === 1 ? 'it' : 'them'} be built anew.`,
        ]
      : []),
    ...(services.length > 1
      ? [
          `One scenario is there for ${many(services.length, 'target')}: take out of \`scenarios\` in target.yaml what does not serve it.`,
        ]
      : []),
  ]
}
