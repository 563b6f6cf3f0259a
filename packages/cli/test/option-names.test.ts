import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { optionNames } from '../src/option-names.js'
import { createProgram } from '../src/program.js'
import type { Stop } from '../src/signals.js'
import type { Terminal } from '../src/terminal.js'

const options = optionNames(createProgram({} as Terminal, {} as Stop, () => undefined))

it('what bootstrap.mjs knows of the options is what the program has; else run node scripts/write-options.mjs', () => {
  expect(JSON.parse(readFileSync(new URL('../../../scripts/options.json', import.meta.url), 'utf8'))).toEqual(options)
})

it('has the options of a command, and of the commands below it', () => {
  expect(options.matrix).toEqual(expect.arrayContaining(['quick', 'scenario', 'fail-on', 'all']))
  expect(options.images).toContain('scenario')
  expect(options.clean).toContain('images')
})
