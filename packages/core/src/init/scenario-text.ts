import type { FoundService } from './found.js'
import { commentText, scalar } from './yaml-text.js'

/** What a first scenario is written of. */
export interface ScenarioFacts {
  readonly name: string
  /** the one path that is asked to begin with */
  readonly path: string
  readonly services: readonly FoundService[]
  /** the services that the targets need, in the form of a scenario: lines below `services`, indented by two; null: none is known */
  readonly surroundings: string | null
}

/** The body of the golden answer that is still to be written: no service answers so. */
export const TO_BE_WRITTEN = 'TO BE WRITTEN: what the service answers'

/** The text of compose/NAME.yaml, which explains itself. */
export function scenarioText({ name, path, services, surroundings }: ScenarioFacts): string {
  const [first] = services
  return `# A scenario: what every target is asked, what must come back, and under which caps. It is an ordinary Compose file, and x-scenario.
name: ${scalar(name)}
services:
${surroundings ?? ALONE}
x-scenario:
  summary: GET ${path}, to begin with # one sentence: what a request does

  # 1. What is asked: a line of JSON for each request. One that sends something looks like this:
  #    {"method":"POST","path":"/orders","headers":{"content-type":"application/json"},"body":"{\\"item\\":1}"}
  #    Ids and tokens that are made at run time: \`values\`. Both files may be recorded in place of being written:
  #    npm run new-scenario -- ${name} --replace ${name} --from http://127.0.0.1:3000 (a proxy before a service that runs), or --har, --openapi, --curl,
  #    with --reference ${first?.name ?? 'TARGET'} for the answers of a target. The services above stay as they are.
  requests: ${name}/requests.ndjson

  # 2. What must come back: line i answers request i. The answer there is still to be written: until then
  #    npm run check -- ${first?.name ?? 'TARGET'}
  #    starts the service and shows what it answers instead. Golden answers are of a reference, not of the target that is measured.
  expect: { golden: ${name}/golden.ndjson, compare: exact }

  # 3. How it is loaded. One connection shows the latency of an idle service, 64 what it gives when it is asked for more.
  #    With rate: [200] the same requests a second are offered to every target.
  load: { closed: [1, 64] }

  # 4. What is good enough, so that the report says who keeps it at that rate, and where capacity ends.
  # slo: { p99: 50ms, errors: 0.1%, at: 200/s }

  # 5. Bad input and faults, with the answers that every target must give: a line of JSON for each case.
  # contract: ${name}/contract.ndjson
`
}

const ALONE = `  target:
    image: "\${TARGET_IMAGE}" # the only variable there is: each target in its turn
    cpus: 1 # whole cores are pinned
    mem_limit: 512m
    # environment: { DATABASE_URL: "postgres://postgres@store/postgres" }
    # depends_on: { store: { condition: service_healthy } }
  # What the targets need stands here, and is started anew for each of them:
  # store:
  #   image: postgres:17
  #   environment: { POSTGRES_HOST_AUTH_METHOD: trust }
  #   cpus: 1
  #   mem_limit: 512m
  #   healthcheck: { test: ["CMD", "pg_isready", "-U", "postgres"] }`

/** The text of matrix.yaml of a project that is begun. */
export function matrixText(repository: string): string {
  return `# What \`npm run matrix\` measures in ${commentText(repository)} when nothing else is asked for: every scenario of compose/ with every target that serves it.
# Profiles that are not here are as shipped: default (five repetitions and more), brief, and quick (--quick, a smoke run of a few minutes).
profiles: {}
# targets: [] # only these
# rates: [200] # requests a second that are offered to every target
# capacity: true # how much each target bears within the slo of its scenario
`
}

/** What a run leaves in the project, which nobody commits by accident. */
export const GITIGNORE = `/reports/
/.bakeoff/
`
