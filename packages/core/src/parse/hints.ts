/** Keys that were there once, with what took their place. */
const GONE_KEYS: Readonly<Record<string, string>> = {
  tightness:
    'Take it out: above the fewest repetitions a scenario is measured again where a decision is open, up to `repetitions.max`, not until intervals are narrow.',
  hosts:
    'Take it out: a run measures on the one machine of its engine. DOCKER_HOST names another engine (docs/engines.md).',
}

/** Keys of a service in Compose that are not read, with what to write in their place. */
const OF_COMPOSE: Readonly<Record<string, string>> = {
  container_name: 'Take it out: a service is reached by its own name.',
  entrypoint: 'Put it into the Dockerfile of `build`, or write `command`.',
  env_file: 'Write the variables as `environment: { KEY: value }`: nothing is read that the scenario does not name.',
  links: 'Take it out: services of a scenario reach one another by name.',
  networks: 'Take it out: every cell has a network of its own, and services reach one another by name.',
  platform: 'Take it out: images are built and run for the platform of the engine.',
  ports: 'Take it out: services reach one another on every port, and nothing is published on this machine.',
  restart: 'Take it out: a service that ends is told, and never started again.',
  volumes: 'Put files into the image (`build` with a Dockerfile); `tmpfs: [/path]` is for what is written.',
}

/** Values to begin with, where a key that is missing has no value that goes without saying. */
const EXAMPLES: Readonly<Record<string, string>> = {
  cpus: '1',
  mem_limit: '512m',
  p99: '50ms',
  compare: 'exact',
  budget: '30m',
  window: '5s',
  resources: '{ limits: { cpus: 1, memory: 512m } }',
  limits: '{ cpus: 1, memory: 512m }',
}

/** Keys of `deploy` and `build` that mean something in Compose and nothing here. */
const OF_LONGER_FORM: Readonly<Record<string, string>> = {
  deploy: 'Take it out: of `deploy` only `resources: { limits: { cpus: 1, memory: 512m } }` is read.',
  build: 'Take it out: a folder is built by its Dockerfile, without arguments. Write what differs into that file.',
}

/** What to do about a key that is not known; null: nothing is known of it anywhere. */
export function hintForKey(path: readonly PropertyKey[], key: string): string | null {
  const isService = path[0] === 'services' && path.length === 2
  const ofCompose = isService && Object.hasOwn(OF_COMPOSE, key) ? OF_COMPOSE[key] : undefined
  const member = path[0] === 'services' && path.length > 2 ? String(path[2]) : ''
  const ofLongerForm = Object.hasOwn(OF_LONGER_FORM, member) ? OF_LONGER_FORM[member] : undefined
  return ofCompose ?? ofLongerForm ?? (Object.hasOwn(GONE_KEYS, key) ? (GONE_KEYS[key] ?? null) : null)
}

/** ``Add `mem_limit:`, such as `mem_limit: 512m`.`` */
export function addHint(key: string): string {
  const example = Object.hasOwn(EXAMPLES, key) ? `, such as \`${key}: ${EXAMPLES[key]}\`` : ''
  return `Add \`${key}:\`${example}.`
}
