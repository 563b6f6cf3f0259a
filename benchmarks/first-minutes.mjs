#!/usr/bin/env node
/**
 * Where the first minutes go: a table of a run, or of a build of every shipped image.
 *
 *   node benchmarks/first-minutes.mjs RUN_FOLDER [--write]  what is in its events.ndjson
 *   node benchmarks/first-minutes.mjs --images [--write]    builds all that ships on the engine of DOCKER_HOST, and tells what took how long
 *   node benchmarks/first-minutes.mjs --image NAME [--write]  builds one image anew, whatever the engine has of it: bakeoff/target/x, bakeoff/x.
 *                                                             Several, each with an --image of its own, are built one after the other
 *
 * With --images what the engine has already is not built again: for figures from nothing take an engine that has nothing. With --write figures go to
 * compose/build-seconds.json, from which a machine without builds of its own learns what will take long. Only images that were built count.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir, totalmem } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { imageTimes, imageTable, stageTable } from './lib/first-minutes.mjs'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const tableFile = join(root, 'compose/build-seconds.json')
const { values, positionals } = parseArgs({
  options: { images: { type: 'boolean' }, image: { type: 'string', multiple: true }, write: { type: 'boolean' } },
  allowPositionals: true,
})
const [folder] = positionals
if (values.images) await buildAll()
else if (values.image) await buildAlone(values.image)
else if (folder !== undefined) readRun(folder)
else {
  console.error('Name the folder of a run, or write --images or --image. What both do stands at the top of this file.')
  process.exitCode = 2
}

function readRun(folder) {
  const lines = readFileSync(join(folder, 'events.ndjson'), 'utf8').split('\n')
  const events = lines.filter((line) => line !== '').map((line) => JSON.parse(line))
  const setupSeconds = process.env.SETUP_SECONDS === undefined ? null : Number(process.env.SETUP_SECONDS)
  const times = imageTimes(events)
  console.log(stageTable(events, setupSeconds))
  console.log(imageTable(times))
  if (values.write) {
    const { host, engine, runId, createdAt } = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8'))
    const machine = machineWords(engine, host.cpuModel)
    writeTable(times, `${machine}, run ${runId} of ${createdAt.slice(0, 10)}, as many at once as it builds`)
  }
}

async function buildAll() {
  const { ensureEngine, ImageStore } = await import('@bakeoff/containers')
  const { loadAgentFolder, loadAgentImage } = await import('@bakeoff/load')
  const { UnsupportedBuild } = await import('@bakeoff/runner/ports')
  const say = (line) => console.log(line)
  const { client, facts } = await ensureEngine({ say, ask: null, env: process.env })
  const images = new ImageStore(client, { root, say })
  const { signal } = new AbortController()
  const events = []
  const startedAt = performance.now()
  const told = (name) => (event) => {
    if (event.state === 'log' || event.state === 'step') return
    events.push({ kind: 'image', at: new Date().toISOString(), ...event })
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0).padStart(5)
    if (event.state !== 'cached' || event.image === name) console.log(`${seconds} s  ${event.state.padEnd(9)} ${event.image}`)
  }

  const base = await images.ensureBase(signal)
  const baseSeconds = (performance.now() - startedAt) / 1000
  const outcomes = await Promise.allSettled(
    requests(loadAgentImage, loadAgentFolder).map((request) => images.ensureImage(request, signal, told(request.name))),
  )
  const seconds = (performance.now() - startedAt) / 1000
  const times = imageTimes(events)
  console.log(`\nbase: ${baseSeconds.toFixed(0)} s (${base.origin}${base.cached ? ', it was here' : ''})`)
  console.log(imageTable(times))
  const machine = machineWords(facts, cpus()[0]?.model)
  const conditions = `${machine}, load average ${loadavg()[0].toFixed(1)}, ${new Date().toISOString().slice(0, 10)}`
  console.log(`${seconds.toFixed(0)} s in all; ${conditions}`)
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') continue
    console.log(outcome.reason.message)
    if (!(outcome.reason instanceof UnsupportedBuild)) process.exitCode = 1
  }
  if (values.write) writeTable(times, `${conditions}; ${seconds.toFixed(0)} s in all`)
}

/**
 * Builds images from nothing but what they stand on, one after the other. The engine knows no step of theirs, since each of their stages begins with a
 * label that is new; they have names of their own, under which they are removed in the end.
 */
async function buildAlone(names) {
  const { ensureEngine, folderOfImage, ImageStore } = await import('@bakeoff/containers')
  const { client, facts } = await ensureEngine({ say: console.log, ask: null, env: process.env })
  const { signal } = new AbortController()
  const times = []
  for (const name of names) {
    const folder = mkdtempSync(join(tmpdir(), 'bakeoff-alone-'))
    const alone = name.replace(/^bakeoff\//, 'bakeoff/alone/')
    try {
      cpSync(folderOfImage({ root, home: root }, name), folder, { recursive: true })
      const dockerfile = join(folder, 'Dockerfile')
      writeFileSync(dockerfile, readFileSync(dockerfile, 'utf8').replace(/^FROM .*$/gm, `$&\nLABEL bakeoff.alone="${Date.now()}"`))
      // Before it is built nothing of this name is here, so every event is of this build.
      await new ImageStore(client, { root, say: console.log }).ensureImage({ name: alone, folder, requires: [] }, signal, ({ state, image, seconds }) => {
        if (state === 'built') console.log(`${image} ${seconds.toFixed(1)} s`)
        if (state === 'built' && image === alone) times.push({ image: name, builtSeconds: seconds })
      })
    } finally {
      rmSync(folder, { recursive: true })
      const tags = (await client.images.list([alone])).flatMap(({ RepoTags }) => RepoTags ?? [])
      for (const tag of tags) await client.images.remove(tag)
    }
  }
  const conditions = `${times.map(({ image }) => image).join(', ')}: each alone, load average ${loadavg()[0].toFixed(1)} at the end, ${machineWords(facts, cpus()[0]?.model)}, ${new Date().toISOString().slice(0, 10)}`
  console.log(conditions)
  if (values.write) writeTable(times, `${writtenTable().conditions}; ${conditions}`)
}

/** A machine by its engine's facts: `2 cores, 24 GiB, AMD EPYC, Docker Engine 20.10`. What the engine does not say is asked here. */
function machineWords(engine, cpuModel) {
  const memoryBytes = engine.memoryBytes ?? totalmem()
  return `${engine.cpus ?? cpus().length} cores, ${Math.round(memoryBytes / 1024 ** 3)} GiB, ${cpuModel?.trim()}, ${engine.name} ${engine.version}`
}

/** Every target that has a Dockerfile, and all of our own that runs start. */
function requests(agentImage, agentFolder) {
  const own = ['null-server', 'wrk', 'caddy', 'postgres', 'openai-upstream'].map((name) => ({
    name: `bakeoff/${name}`,
    folder: join(root, 'compose', name),
    requires: [],
  }))
  const targets = readdirSync(join(root, 'targets'))
    .filter((name) => existsSync(join(root, 'targets', name, 'Dockerfile')))
    .map((name) => ({
      name: `bakeoff/target/${name}`,
      folder: join(root, 'targets', name),
      requires: /requires: \[(.*)\]/
        .exec(readFileSync(join(root, 'targets', name, 'target.yaml'), 'utf8'))?.[1]
        ?.split(/,\s*/) ?? [],
    }))
  return [{ name: agentImage, folder: agentFolder, requires: [] }, ...own, ...targets]
}

function writtenTable() {
  return existsSync(tableFile) ? JSON.parse(readFileSync(tableFile, 'utf8')) : { conditions: '', seconds: {} }
}

function writeTable(times, conditions) {
  const built = times.filter(({ builtSeconds }) => builtSeconds !== null)
  const now = Object.fromEntries(built.map(({ image, builtSeconds }) => [image, Math.round(builtSeconds * 10) / 10]))
  const sorted = Object.entries({ ...writtenTable().seconds, ...now }).sort(([a], [b]) => (a < b ? -1 : 1))
  writeFileSync(tableFile, `${JSON.stringify({ conditions, seconds: Object.fromEntries(sorted) }, null, 2)}\n`)
  console.log(`${built.length} images written to compose/build-seconds.json`)
}
