import { DRAFT, type FoundService } from './found.js'
import { UNKNOWN_LANGUAGE } from './languages.js'
import { commentText, flow, scalar } from './yaml-text.js'

/** From the folder of a target in `bakeoff/targets/` to the repository. */
const UP = '../../..'

/** The text of target.yaml for a service that was found. */
export function targetText(service: FoundService, scenario: string): string {
  const { language, stack } = service
  return `# ${commentText(whereText(service))}. Each line is a fact for the report, or says how it is built and reached.
language: ${language}${language === UNKNOWN_LANGUAGE ? ' # to be written: go, python, node, rust, elixir, java, csharp, …' : ''}
stack: ${flow(stack.length > 0 ? stack : [language])} # libraries that matter, the most important first, as people call them
summary: ${scalar(`${stack[0] ?? language}, as it was found; to be written in one sentence`)}
scenarios: ${flow([scenario])} # those in compose/ that it serves

${imageLines(service)}
${portLine(service)}
${healthLine(service)}
# tmpfs: [/var/cache] # folders that it writes to besides /tmp: all else of its root is read-only
# readyTimeout: 60s # how long it may take to be ready
# env: { LOG_LEVEL: warn } # PORT, CORES and MEMORY_BYTES are set by the run
# variants: # settings that are measured beside one another; without it there is one, default
#   default: { summary: As it is shipped }
#   tuned: { summary: With a larger pool, env: { POOL: "16" } }
`
}

/** Where a service was found, as it stands in a list: `services/orders`, `the image shop/orders:1`. */
export function whereText({ folder, image }: FoundService): string {
  if (image.kind === 'as-it-is') return `The image ${image.image}`
  return folder === '.' ? 'The service of this repository' : `The service in ${folder}`
}

function imageLines({ folder, image, language }: FoundService): string {
  if (image.kind === 'as-it-is')
    return `# It is taken as it is: one that the engine has, or that a registry gives. It counts by its id, and is never removed.
image: ${scalar(image.image)}`
  const context = folder === '.' ? UP : `${UP}/${folder}`
  if (image.kind === 'draft')
    return `# The service had no Dockerfile: ${DRAFT} beside its manifest is a draft, to be looked at before it is believed.
build: { context: ${scalar(context)}, dockerfile: ${DRAFT} }${language === 'elixir' ? '\nrequires: [hex] # where that is not reached, the target is recorded as unsupported' : ''}`
  const { dockerfile, stage } = image
  if (dockerfile === 'Dockerfile' && stage === null)
    return `# Its own Dockerfile.
build: ${scalar(context)}`
  const members = [
    `context: ${scalar(context)}`,
    `dockerfile: ${scalar(dockerfile)}`,
    ...(stage === null ? [] : [`target: ${scalar(stage)}`]),
  ]
  return `# Its own Dockerfile.
build: { ${members.join(', ')} }`
}

function portLine({ port }: FoundService): string {
  return port === null
    ? '# port: 3000 # the run tells it PORT, 8080; one that listens elsewhere says so here'
    : `port: ${port} # as its files say`
}

function healthLine({ health }: FoundService): string {
  return health === null
    ? '# health: { path: /healthz, status: 200 } # none was found: GET /health has to answer 200 when it can serve, or write what does'
    : `health: { path: ${health} } # found in its sources; answered with 200 when it can serve`
}
