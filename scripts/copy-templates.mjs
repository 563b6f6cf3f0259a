/** Copies templates/ into the targets that have copies of it, and says what it wrote; with --check it says what is stale, and ends with 1. A test does the same. */
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { staleCopies, writeCopies } from '../packages/cli/dist/templates.js'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const written = process.argv.includes('--check') ? [] : writeCopies(root)
for (const file of written) process.stdout.write(`${file}\n`)

const stale = staleCopies(root)
for (const line of stale) process.stderr.write(`${line}\n`)
process.stdout.write(stale.length === 0 ? 'copies of templates: as their templates are\n' : '')
process.exitCode = stale.length === 0 ? 0 : 1
