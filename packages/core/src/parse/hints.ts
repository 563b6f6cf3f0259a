/** Keys that were there once, with what took their place. */
const GONE_KEYS: Readonly<Record<string, string>> = {
  tightness:
    'Take it out: above the fewest repetitions a scenario is measured again where a decision is open, up to `repetitions.max`, not until intervals are narrow.',
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

/** Keys that are looked for at the top of target.yaml, with what there is in their place. */
const OF_TARGET: Readonly<Record<string, string>> = {
  http2:
    'Take it out: HTTP/2 is not measured, since the load agent has no client for it. A server that speaks both is asked by HTTP/1.1.',
  protocol:
    'Take it out: targets are asked by HTTP/1.1, and with `tls: true` by the same over TLS. HTTP/2 is not measured.',
  https: 'Write `tls: true`: the run makes the certificate.',
  ssl: 'Write `tls: true`: the run makes the certificate.',
  ports: 'Write `port: 3000`, the port on which it listens inside its container: nothing is published on this machine.',
  expose: 'Write `port: 3000`, the port on which it listens inside its container.',
  healthcheck: 'Write `health: { path: /healthz }`: the load agent asks it.',
  environment: 'Write `env: { KEY: value }`.',
  volumes: 'COPY what it reads into its image; `tmpfs: [/var/cache]` is for what it writes.',
  read_only: 'Take it out: the root is read-only, and `tmpfs: [/var/cache]` makes a folder of it writable.',
  dockerfile: 'Write `build: { context: ., dockerfile: Dockerfile.prod }`.',
  context: 'Write `build: { context: ../../services/orders }`.',
}

/** Keys that are looked for at the top of a file, with what there is in their place. */
const AT_THE_TOP: Readonly<Record<string, string>> = {
  ...OF_TARGET,
  hosts:
    'Machines have a file of their own: write them into hosts.yaml and name it, --hosts hosts.yaml (docs/several-machines.md). DOCKER_HOST names one other engine (docs/engines.md).',
}

/** Keys of `build` in Compose that are not read. */
const OF_BUILD: Readonly<Record<string, string>> = {
  args: 'Write the values into the Dockerfile, as defaults of its ARG: `ARG VERSION=1`.',
  dockerfile_inline: 'Write it into a file, and name that: `dockerfile: Dockerfile.prod`.',
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
  docker: 'ssh://user@10.0.0.11',
  hosts: '{ bench-1: { docker: ssh://user@10.0.0.11 } }',
}

/** Keys of `deploy` and `build` that mean something in Compose and nothing here. */
const OF_LONGER_FORM: Readonly<Record<string, string>> = {
  deploy: 'Take it out: of `deploy` only `resources: { limits: { cpus: 1, memory: 512m } }` is read.',
  build: 'Take it out: a folder is built by its Dockerfile, without arguments. Write what differs into that file.',
}

/** What to do about a key that is not known; null: nothing is known of it anywhere. */
export function hintForKey(path: readonly PropertyKey[], key: string): string | null {
  const isService = path[0] === 'services' && path.length === 2
  const isBuild = path.length === 1 && path[0] === 'build'
  const here: Readonly<Record<string, string>> = isService
    ? OF_COMPOSE
    : isBuild
      ? OF_BUILD
      : path.length === 0
        ? AT_THE_TOP
        : {}
  const ofPlace = Object.hasOwn(here, key) ? here[key] : undefined
  const member = path[0] === 'services' && path.length > 2 ? String(path[2]) : ''
  const ofLongerForm = Object.hasOwn(OF_LONGER_FORM, member) ? OF_LONGER_FORM[member] : undefined
  return ofPlace ?? ofLongerForm ?? (Object.hasOwn(GONE_KEYS, key) ? (GONE_KEYS[key] ?? null) : null)
}

/** ``Add `mem_limit:`, such as `mem_limit: 512m`.`` */
export function addHint(key: string): string {
  const example = Object.hasOwn(EXAMPLES, key) ? `, such as \`${key}: ${EXAMPLES[key]}\`` : ''
  return `Add \`${key}:\`${example}.`
}
