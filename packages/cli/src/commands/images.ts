import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import {
  ArchiveFile,
  type ExchangeOptions,
  holdEngine,
  ImageStore,
  type LeftOut,
  type Loaded,
  loadImages,
  needsOf,
  parseRegistry,
  pullImages,
  pushImages,
  type Shelf,
  saveImages,
  shelvesOf,
} from '@bakeoff/containers'
import { BakeoffError, formatBytes, formatDurationMs, toErrorRecord } from '@bakeoff/model'
import { requestsOf } from '@bakeoff/runner'
import { type ImageRequest, UnsupportedBuild } from '@bakeoff/runner/ports'
import { exitCodes } from '../exit.js'
import type { Invocation } from '../invocation.js'
import { makePlan, type PlanOptions } from '../planning.js'
import { readCatalogue, shownPath } from '../project.js'
import type { Terminal } from '../terminal.js'
import { lockFolderFrom, materialsOf, readMachine } from '../workbench.js'
import { writeFailure } from '../write-failure.js'
import { type AddCommand, withOptions } from './shared/command.js'
import { jsonOption, toJson } from './shared/json.js'
import { toPlanOptions } from './shared/planning.js'
import { type SelectionFlags, selectionOptions } from './shared/selection.js'

export const addImages: AddCommand = (program, invocation) => {
  const command = program.command('images').description('move images between machines, by file or registry')
  const act = async (action: ImagesAction, flags: SelectionFlags) =>
    invocation.leave((await images(invocation, action, toPlanOptions(flags))) ? exitCodes.fine : exitCodes.failed)

  withOptions(command.command('list', { isDefault: true }), [...selectionOptions, jsonOption('the list')])
    .description('list what the plan needs, and which of it is here (the default)')
    .action(({ json = false, ...flags }: SelectionFlags & { json?: boolean }) => act({ kind: 'list', json }, flags))
  withOptions(command.command('save'), selectionOptions)
    .description('build what is missing and write all images to one file: .tar, .tar.gz or .tar.zst')
    .argument('<file>', 'where to write the file')
    .action((file: string, flags: SelectionFlags) => act({ kind: 'save', file }, flags))
  withOptions(command.command('load'), selectionOptions)
    .description('read images from a file that save wrote')
    .argument('<file>', 'where it is')
    .action((file: string, flags: SelectionFlags) => act({ kind: 'load', file }, flags))
  withOptions(command.command('push'), selectionOptions)
    .description('build what is missing and push all images to a registry')
    .argument('<registry>', 'its host and a path in it, such as registry.example/team')
    .action((registry: string, flags: SelectionFlags) => act({ kind: 'push', registry }, flags))
  withOptions(command.command('pull'), selectionOptions)
    .description('pull from a registry the images that the folders here make now')
    .argument('<registry>', 'its host and a path in it, such as registry.example/team')
    .action((registry: string, flags: SelectionFlags) => act({ kind: 'pull', registry }, flags))
  command
    .command('below')
    .description('make the images that FROM bakeoff/… of Dockerfiles names, so that docker build finds them')
    .argument('<folder...>', 'folders with a Dockerfile each; no project is needed')
    .action(async (folders: string[]) =>
      invocation.leave((await makeBelow(invocation, folders)) ? exitCodes.fine : exitCodes.failed),
    )
}

/** What is to be done with the images that a plan needs. */
type ImagesAction =
  | { readonly kind: 'list'; readonly json: boolean }
  | { readonly kind: 'save' | 'load'; readonly file: string }
  | { readonly kind: 'push' | 'pull'; readonly registry: string }

/** What every action needs. */
interface ImageCall {
  readonly needs: readonly ImageRequest[]
  readonly exchange: ExchangeOptions
  readonly terminal: Terminal
}

/**
 * Lists images by their content key, writes them to a file or reads them from one, pushes them to a registry or pulls them.
 *
 * @returns true when nothing failed
 */
async function images(
  { project, terminal, stop: { signal } }: Invocation,
  action: ImagesAction,
  options: PlanOptions,
): Promise<boolean> {
  const place = 'registry' in action ? parseRegistry(action.registry, 'REGISTRY') : null
  const catalogue = readCatalogue(project)
  const machine = await readMachine(terminal, signal)
  const plan = makePlan({ project, catalogue, machine }, options, new Date())
  const needs = await needsOf(project, requestsOf(plan, materialsOf(project, catalogue, plan)))
  const { client, facts } = machine.engine
  const made = new ImageStore(client, { ...project, env: process.env, say: terminal.say })
  const exchange = { client, folders: project, env: process.env, images: made, signal }
  const call: ImageCall = { needs, exchange, terminal }
  if (action.kind === 'list') return list(call, action.json)
  // Names move to other images, and building or sending would disturb a measurement.
  const { giveBack } = await holdEngine(facts, { root: project.root, ...lockFolderFrom(process.env) })
  try {
    switch (action.kind) {
      case 'save':
        return await save(call, resolve(action.file))
      case 'load':
        return await load(call, resolve(action.file))
      case 'push':
        return await push(call, place as NonNullable<typeof place>)
      case 'pull':
        return await pull(call, place as NonNullable<typeof place>)
    }
  } finally {
    terminal.live('')
    await giveBack()
  }
}

/**
 * Makes the images of Bakeoff that the Dockerfiles of folders are built on. What they name besides docker build pulls by itself.
 *
 * @returns true when all of them are here
 * @throws BakeoffError BAD_SPEC for a folder without a Dockerfile, and for a name below bakeoff/ that nothing is made of
 */
async function makeBelow(
  { project, terminal, stop: { signal } }: Invocation,
  folders: readonly string[],
): Promise<boolean> {
  const asked = folders.map((folder): ImageRequest => ({ name: folder, folder: resolve(folder), requires: [] }))
  for (const { name, folder } of asked)
    if (folder === null || !existsSync(join(folder, 'Dockerfile')))
      throw new BakeoffError('BAD_SPEC', `there is no Dockerfile in ${name}`, {
        hint: 'Name the folder that is built.',
      })
  const all = await needsOf(project, asked)
  const needs = all.filter((one) => one.folder !== null && !asked.includes(one))
  const { client, facts } = (await readMachine(terminal, signal)).engine
  // Nothing is left in a folder that is no project: the logs of builds are those of the machine then.
  const isProject = existsSync(join(project.root, 'matrix.yaml'))
  const images = new ImageStore(client, {
    ...project,
    ...(isProject ? {} : { logFolder: join(tmpdir(), 'bakeoff-build-logs') }),
    env: process.env,
    say: terminal.say,
  })
  const exchange = { client, folders: project, env: process.env, images, signal }
  const { giveBack } = await holdEngine(facts, { root: project.root, ...lockFolderFrom(process.env) })
  try {
    const { isWhole } = needs.length === 0 ? { isWhole: true } : await makeAll({ needs, exchange, terminal })
    terminal.print(
      needs.length === 0
        ? 'They are built on no image of Bakeoff: docker build needs nothing.'
        : isWhole
          ? `For docker build, these are here: ${needs.map(({ name }) => name).join(', ')}.`
          : 'Not all of them could be made.',
    )
    return isWhole
  } finally {
    terminal.live('')
    await giveBack()
  }
}

async function list({ needs, exchange, terminal }: ImageCall, json: boolean): Promise<boolean> {
  const shelves = await shelvesOf(exchange.images, needs)
  if (json) {
    const rows = shelves.map(({ request, facts, key }) => ({
      name: request.name,
      key: request.folder === null ? null : key,
      id: facts?.id ?? null,
      bytes: facts?.bytes ?? null,
      state: stateOf({ request, facts, key }),
    }))
    terminal.print(toJson({ images: rows }))
    return true
  }
  const width = Math.max(...shelves.map(({ request }) => request.name.length))
  for (const shelf of shelves) {
    const { request, facts } = shelf
    const key = request.folder === null ? 'as it is' : (shelf.key?.slice(0, 16) ?? '–')
    const bytes = facts?.bytes ? formatBytes(facts.bytes) : ''
    terminal.print(
      `${request.name.padEnd(width)}  ${key.padEnd(16)}  ${bytes.padStart(9)}  ${stateOf(shelf)}`.trimEnd(),
    )
  }
  const missing = shelves.filter(({ facts }) => facts === null).length
  terminal.say(
    missing === 0 ? 'All of them are here.' : `${missing} of ${shelves.length} are not here as their folders are now.`,
  )
  return true
}

function stateOf({ request, facts }: Shelf): 'here' | 'not built' | 'not pulled' {
  if (facts !== null) return 'here'
  return request.folder === null ? 'not pulled' : 'not built'
}

async function save(call: ImageCall, path: string): Promise<boolean> {
  const { exchange, terminal } = call
  const next = `Nothing was left of the file. Name another one: npm run images -- save FILE`
  try {
    await using file = await ArchiveFile.create(path)
    const { shelves, isWhole } = await makeAll(call)
    const onBytes = shower(terminal, 'saving', 'written')
    const { bytes, references, leftOut } = await saveImages(exchange, shelves, file, onBytes)
    tellLeftOut(leftOut, terminal)
    terminal.print(`Saved ${references.length} images, ${formatBytes(bytes)}: ${shownPath(path)}`)
    terminal.print(`On the other machine: npm run images -- load ${shownPath(path)}`)
    return isWhole
  } catch (error) {
    throw writeFailure(error, path, `${next} (its folder is ${dirname(path)})`)
  }
}

async function load({ needs, exchange, terminal }: ImageCall, path: string): Promise<boolean> {
  const before = await shelvesOf(exchange.images, needs)
  const loaded = await loadImages(exchange, path, needs, shower(terminal, 'loading', 'read'))
  const after = await shelvesOf(exchange.images, needs)
  for (const line of loadedLines(loaded, before, after)) terminal.print(line)
  return true
}

/** Says which images of a file fit, which do not, and which are still to be built. */
export function loadedLines(loaded: Loaded, before: readonly Shelf[], after: readonly Shelf[]): string[] {
  const wanted = new Map(after.map(({ request, facts }) => [request.name, facts]))
  const fits = (one: Loaded['names'][number]) => {
    if (one.kind === 'built') return wanted.get(one.name)?.key === one.key
    return one.kind === 'debian' ? loaded.baseUnfit === null : wanted.has(one.reference)
  }
  const fitting = loaded.names.filter(fits)
  const others = loaded.names.filter((one) => !fits(one))
  const missing = after.filter(({ facts }) => facts === null).map(({ request }) => request.name)
  const lost = before.filter(({ request, facts }) => facts !== null && missing.includes(request.name))
  const lines = [`Loaded ${loaded.names.length} images; ${fitting.length} fit the folders as they are now.`]
  if (others.length > 0)
    lines.push(
      `Made from other folders than those here, and not used: ${others.map(({ reference }) => reference).join(', ')}.`,
    )
  if (loaded.baseUnfit === 'certificates')
    lines.push(
      'Its base image trusts other private certificates than this machine does, so no image that is built on it can be used here: save the file on a machine with the same certificates.',
    )
  if (loaded.baseUnfit === 'folder or platform')
    lines.push(
      'Its base image was made from another compose/base, or for another platform, so no image that is built on it can be used here.',
    )
  if (loaded.otherIds)
    lines.push(
      'This engine gives images other ids than the engine that saved them (as Docker does with another image store). The id of an image is part of the keys of the images built on it, so those are built here.',
    )
  if (lost.length > 0)
    lines.push(
      `Built on the previous base image, and will be built again: ${lost.map(({ request }) => request.name).join(', ')}.`,
    )
  lines.push(
    missing.length === 0 ? 'Nothing is left to build.' : `Not here yet, and built when needed: ${missing.join(', ')}.`,
  )
  return lines
}

async function push(call: ImageCall, place: ReturnType<typeof parseRegistry>): Promise<boolean> {
  const { exchange, terminal } = call
  const { shelves, isWhole } = await makeAll(call)
  let pushed = 0
  const { leftOut } = await pushImages(exchange, shelves, place, (name) => {
    pushed++
    terminal.say(`  pushed ${name}`)
  })
  tellLeftOut(leftOut, terminal)
  terminal.print(`Pushed ${pushed} images to ${place.name}`)
  terminal.print(`Elsewhere: npm run images -- pull ${place.name}, or BAKEOFF_REGISTRY=${place.name} npm run matrix`)
  return isWhole
}

async function pull(
  { needs, exchange, terminal }: ImageCall,
  place: ReturnType<typeof parseRegistry>,
): Promise<boolean> {
  const result = await pullImages(exchange, needs, place, (name) => terminal.say(`  pulled ${name}`))
  const missing = (await shelvesOf(exchange.images, needs)).filter(({ facts }) => facts === null)
  for (const why of result.refused) terminal.say(terminal.colours.red(`Refused: ${why}`))
  if (result.base === 'registry has no Debian')
    terminal.say(`${place.name} has nothing that npm run images -- push put there.`)
  else if (result.base !== null)
    terminal.say(
      `The base image of ${place.name} does not fit here: it was made with other private certificates, from another compose/base or for another platform. Images that are built on it cannot be used here.`,
    )
  terminal.print(`Pulled ${result.pulled.length} images from ${place.name}`)
  terminal.print(
    missing.length === 0
      ? 'Nothing is left to build.'
      : `Not in the registry, and built when needed: ${missing.map(({ request }) => request.name).join(', ')}.`,
  )
  return result.refused.length === 0
}

/** Builds the images that are not here. An image that cannot be built is reported and left out; the others are still worth having. */
async function makeAll({ needs, exchange, terminal }: ImageCall): Promise<{ shelves: Shelf[]; isWhole: boolean }> {
  const { images, signal } = exchange
  let isWhole = true
  await images.ensureBase(signal)
  await Promise.all(
    needs.map(async (request) => {
      try {
        await images.ensureImage(request, signal, ({ state, image, ...event }) => {
          if (state === 'building' || state === 'pulling') terminal.say(terminal.colours.dim(`  ${state} ${image} …`))
          const seconds = 'seconds' in event ? (event.seconds ?? 0) : 0
          if (state === 'built' || state === 'pulled')
            terminal.say(`  ${state} ${image} in ${formatDurationMs(seconds * 1000)}`)
        })
      } catch (error) {
        signal.throwIfAborted()
        const isImages =
          error instanceof UnsupportedBuild ||
          (error instanceof BakeoffError && ['BUILD_FAILED', 'DOWNLOAD_FAILED', 'BAD_SPEC'].includes(error.code))
        if (!isImages) throw error
        isWhole = isWhole && error instanceof UnsupportedBuild
        terminal.say(terminal.colours.yellow(`! ${request.name} is left out: ${toErrorRecord(error).message}`))
      }
    }),
  )
  return { shelves: await shelvesOf(images, needs), isWhole }
}

function tellLeftOut(leftOut: readonly LeftOut[], { say, colours }: Terminal): void {
  for (const { name, why } of leftOut) say(colours.yellow(`! ${name} is left out: ${why}`))
}

/** The one live line, a few times a second. */
function shower({ live }: Terminal, doing: string, done: string): (bytes: number) => void {
  let shownAt = 0
  return (bytes) => {
    const now = performance.now()
    if (now - shownAt < 250) return
    shownAt = now
    live(`${doing} images  ${formatBytes(bytes)} ${done}`)
  }
}
