/**
 * Writes compose/image-bytes.json: how much disk each shipped image takes beyond the base image, as the engine here has them. Doctor
 * tells from it what a first run will take. Run it when images have become much larger or smaller: node scripts/write-image-bytes.mjs
 */
import { writeFileSync } from 'node:fs'
import { baseName, connect, findEngine, localImage } from '@bakeoff/containers'
import { findProject, readCatalogue } from '../packages/cli/dist/project.js'

const project = findProject(process.env)
const found = await findEngine()
if (found === null) throw new Error('no engine')
const client = connect(found)
const base = await localImage(client, baseName)
const { targets, scenarios } = readCatalogue(project)
const services = scenarios.flatMap((scenario) => scenario.services.flatMap(({ build }) => build ?? []))
const names = [
  ...['load-agent', 'null-server', 'caddy', 'wrk'].map((name) => `bakeoff/${name}`),
  ...services.map((folder) => `bakeoff/${folder.split('/compose/')[1]}`),
  ...targets.map(({ name }) => `bakeoff/target/${name}`),
]
const bytes = {}
for (const name of [...new Set(names)].sort()) {
  const image = await localImage(client, name)
  if (image === null || image.bytes === null) {
    console.error(`${name} is not here: left out`)
    continue
  }
  const [first] = await layersOf(name)
  const beyond = first === (await layersOf(baseName))[0] ? image.bytes - base.bytes : image.bytes
  bytes[name] = beyond
}
writeFileSync('compose/image-bytes.json', `${JSON.stringify({ [baseName]: base.bytes, ...bytes }, null, 2)}\n`)

async function layersOf(name) {
  return (await client.images.inspect(name)).RootFS.Layers
}
