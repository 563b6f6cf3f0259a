/** Writes schema/*.schema.json from the zod schemas of packages/model. A test fails when they are stale. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { jsonSchemas } from '../packages/model/dist/index.js'

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'schema')
mkdirSync(folder, { recursive: true })
for (const [name, text] of Object.entries(jsonSchemas())) writeFileSync(join(folder, name), text)
