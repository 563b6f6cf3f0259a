/** Writes scripts/options.json, the options of every command, for bootstrap.mjs, which runs before there is a program. A test fails when it is stale. */
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { optionNames } from '../packages/cli/dist/option-names.js'
import { createProgram } from '../packages/cli/dist/program.js'

const program = createProgram({})
const file = join(dirname(fileURLToPath(import.meta.url)), 'options.json')
writeFileSync(file, `${JSON.stringify(optionNames(program), null, 2)}\n`)
