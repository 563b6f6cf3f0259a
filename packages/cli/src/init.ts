/** Begins a project in a user's repository: looks for its services, and writes the files that measure them. */
import { join, relative, resolve } from 'node:path'
import {
  builtIn,
  type FoundService,
  findServices,
  type InitPlan,
  type PlannedFile,
  PROJECT_FOLDER,
  planFiles,
  type Surroundings,
  serviceOfImage,
  surroundingsOf,
  type Unreadable,
} from '@bakeoff/core'
import { BakeoffError } from '@bakeoff/model'
import { thereAlready, writeNew } from './new-files.js'
import { projectAbove, shownPath } from './project.js'
import { type ReadRepository, readRepository } from './read-repository.js'
import { repositoryOf } from './repository.js'

export interface InitOptions {
  /** images that are services, beside those that are found */
  readonly images: readonly string[]
  /** turns commands of this repository in a text into those that its user types */
  asTyped(text: string): string
}

export interface Begun extends InitPlan {
  /** the repository */
  readonly folder: string
  /** of the project */
  readonly root: string
  readonly unreadable: readonly Unreadable[]
}

/**
 * Plans the project of a repository, and writes nothing.
 *
 * @throws BakeoffError BAD_SPEC where there is a project already, where no service is found, and for files that are there
 */
export function planInit(folder: string, { images, asTyped }: InitOptions): Begun {
  const repository = resolve(folder)
  refuseSecond(repository)
  const read = readRepository(repository)
  const found = findServices(read)
  const unreadable = [...read.unreadable, ...found.unreadable]
  const named = [...new Set(images)].filter((image) => !has(found.services, image))
  const services = [...found.services, ...named.map(serviceOfImage)]
  if (services.length === 0) throw nothingFound(repository, unreadable)
  const root = join(repository, PROJECT_FOLDER)
  const around = surroundingsIn(read, services, root)
  const { name, dockerignore } = read
  const plan = planFiles({ repository: name, services, surroundings: around.lines, dockerignore })
  const files = plan.files.map((file): PlannedFile => ({ ...file, text: asTyped(file.text) }))
  refuseTaken(repository, files)
  return {
    ...plan,
    files,
    notes: [...plan.notes, ...around.notes],
    folder: repository,
    root,
    unreadable,
  }
}

function has(services: readonly FoundService[], name: string): boolean {
  return services.some(({ image }) => image.kind === 'as-it-is' && image.image === name)
}

/** What the docker-compose file of a repository says that its targets need. */
function surroundingsIn(
  { compose, named }: ReadRepository,
  services: readonly FoundService[],
  root: string,
): Surroundings {
  if (compose === null) return { lines: null, notes: [] }
  const targets = services.flatMap(({ folder, image: own }) =>
    own.kind === 'as-it-is' ? named.filter(({ image }) => image === own.image) : builtIn(folder, named).slice(0, 1),
  )
  return surroundingsOf({
    ...compose,
    targets: targets.map(({ name }) => name),
    repository: relative(root, repositoryOf(root)).replaceAll('\\', '/'),
  })
}

/** Writes what was planned. */
export function writeInit({ folder, files }: Begun): void {
  try {
    // What makes it a project comes last: half a one would be found by the next command.
    writeNew(folder, files.toReversed())
  } catch (cause) {
    const { code, path } = cause as NodeJS.ErrnoException
    throw new BakeoffError('SETUP_FAILED', `${path ?? folder} cannot be written (${code}): nothing was`, {
      cause,
      hint: 'Look at the permissions of the folder and at the room on the disk, then type the same command again.',
    })
  }
}

/** A project in a project is found by no command that is typed above it, so it is hardly ever meant. */
function refuseSecond(repository: string): void {
  const there = projectAbove(repository)
  if (there === null) return
  throw new BakeoffError('BAD_SPEC', `there is a project already: ${there}`, {
    hint: 'What it has: npm run list. One more service is one more folder in its targets/ (docs/adding-a-target.md). To begin anew, move it away first.',
  })
}

function refuseTaken(repository: string, files: readonly PlannedFile[]): void {
  const taken = thereAlready(
    repository,
    files.map(({ path }) => path),
  )
  if (taken.length === 0) return
  const names = taken.map((path) => shownPath(join(repository, path)))
  throw new BakeoffError(
    'BAD_SPEC',
    `${names.join(', ')} ${taken.length === 1 ? 'is' : 'are'} there already: nothing is written over, and so nothing was written`,
    { hint: 'Move away what is there, then type the same command again. --dry-run lists all that would be written.' },
  )
}

function nothingFound(repository: string, unreadable: readonly Unreadable[]): BakeoffError {
  const broken = unreadable.map(unreadableText)
  return new BakeoffError('BAD_SPEC', [`no service was found in ${repository}`, ...broken].join('\n'), {
    hint:
      broken.length > 0
        ? 'Correct what cannot be read, then type the same command again.'
        : 'Looked for go.mod, Cargo.toml, mix.exs, pom.xml, build.gradle, pyproject.toml, requirements.txt, package.json, a Dockerfile that exposes a port and a docker-compose file, three folders deep. Name another folder, or images that serve: npm run init -- --image orders-node:latest --image orders-go:latest',
  })
}

/** `services/orders/package.json cannot be read: Unexpected end of JSON input` */
export function unreadableText({ file, why }: Unreadable): string {
  return `${file} cannot be used: ${why}`
}
