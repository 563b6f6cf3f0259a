import { resolve } from 'node:path'
import type { FoundService } from '@bakeoff/core'
import { asCalled, calledAs } from '../called-as.js'
import { type Begun, planInit, unreadableText, writeInit } from '../init.js'
import { findProject, shownPath } from '../project.js'
import type { Terminal } from '../terminal.js'
import type { AddCommand } from './shared/command.js'
import { texts } from './shared/values.js'

interface Flags {
  readonly image?: readonly string[]
  readonly dryRun?: boolean
}

export const addInit: AddCommand = (program, { terminal }) =>
  program
    .command('init')
    .description('begin a project in your own repository: finds its services, and writes the folder bakeoff/')
    .argument('[folder]', 'the repository; the folder you are in, when it is left out')
    .option('--image <name>', 'an image that is a service, which is measured as it is; may be repeated', texts)
    .option('--dry-run', 'list what would be written, and write nothing')
    .action((folder: string | undefined, { image = [], dryRun = false }: Flags) => {
      const begun = planInit(folder ?? '.', {
        images: image,
        asTyped: (text) => asCalled(text, calledAs(process.argv)),
      })
      if (!dryRun) writeInit(begun)
      tell(begun, dryRun, terminal)
    })

function tell(begun: Begun, isDry: boolean, { say, print }: Terminal): void {
  for (const line of foundLines(begun)) say(line)
  for (const line of fileLines(begun, isDry)) print(line)
  for (const note of notesOf(begun)) say(`- ${note}`)
  if (!isDry) for (const line of nextLines(begun, process.cwd())) print(line)
}

/** What was found, a line for each service. */
export function foundLines({ folder, services }: Pick<Begun, 'folder' | 'services'>): string[] {
  const width = Math.max(...services.map(({ name }) => name.length))
  return [
    `Found in ${shownPath(folder)}:`,
    ...services.map((service) => `  ${service.name.padEnd(width)}  ${factsOf(service).join(', ')}`),
  ]
}

function factsOf({ language, stack, folder, image, port }: FoundService): string[] {
  const made =
    image.kind === 'as-it-is'
      ? `the image ${image.image}`
      : image.kind === 'own'
        ? `its own ${image.dockerfile}`
        : `no Dockerfile, ${image.draft.manifest}`
  return [
    language,
    ...stack,
    ...(image.kind === 'as-it-is' ? [] : [folder === '.' ? 'here' : folder]),
    made,
    ...(port === null ? [] : [`port ${port}`]),
  ]
}

/** What was written, or would be, a line for each file. */
export function fileLines({ files }: Pick<Begun, 'files'>, isDry: boolean): string[] {
  const width = Math.max(...files.map(({ path }) => path.length))
  return [
    isDry ? 'Would write, and wrote nothing:' : 'Written:',
    ...files.map(({ path, is }) => `  ${path.padEnd(width)}  ${is}`),
  ]
}

function notesOf({ notes, unreadable }: Begun): string[] {
  return [...unreadable.map((one) => `${unreadableText(one)}. It is passed over.`), ...notes]
}

/**
 * The commands to go on with, as they are typed.
 *
 * @param from the folder that the user is in: from another repository the project has to be named
 */
export function nextLines({ root, targets }: Pick<Begun, 'root' | 'targets'>, from: string): string[] {
  const named = findProject({}, from).root === resolve(root) ? '' : `BAKEOFF_ROOT=${shownPath(root)} `
  return [
    `Next, build and start ${targets[0]}, and see what it answers: ${named}npm run check -- ${targets[0]}`,
    `Once the golden answers are written: ${named}npm run matrix -- --quick`,
  ]
}
