import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import type { Invocation } from '../src/invocation.js'
import { optionNames } from '../src/option-names.js'
import { createProgram } from '../src/program.js'

const program = createProgram({} as Invocation)
const options = optionNames(program)

it('what bootstrap.mjs knows of the options is what the program has; else run node scripts/write-options.mjs', () => {
  expect(JSON.parse(readFileSync(new URL('../../../scripts/options.json', import.meta.url), 'utf8'))).toEqual(options)
})

it('has the options of a command, and of the commands below it', () => {
  expect(options.matrix).toEqual(expect.arrayContaining(['quick', 'scenario', 'fail-on', 'all']))
  expect(options.images).toContain('scenario')
  expect(options.clean).toContain('images')
})

const everyCommand = ({ commands }: Command): Command[] => commands.flatMap((one) => [one, ...everyCommand(one)])

describe('help', () => {
  it('says of every command, of each of its options and of each of its arguments what it is', () => {
    const silent = everyCommand(program).flatMap((command) => [
      ...(command.description() === '' ? [command.name()] : []),
      ...[...command.options, ...command.registeredArguments]
        .filter(({ description }) => description.trim() === '')
        .map((one) => `${command.name()} ${one.name()}`),
    ])
    expect(silent).toEqual([])
  })

  it.each([
    { called: 'npm run', usages: ['npm run matrix -- [options] [cell...]', 'npm run images -- save [options] <file>'] },
    {
      called: 'npx bakeoff',
      usages: ['npx bakeoff matrix [options] [cell...]', 'npx bakeoff images save [options] <file>'],
    },
  ] as const)('shows a command as it is typed with $called', ({ called, usages }) => {
    const [matrix, save] = ['matrix', 'save'].map((name) =>
      everyCommand(createProgram({} as Invocation, called))
        .find((one) => one.name() === name)
        ?.helpInformation(),
    )
    expect(matrix).toContain(`Usage: ${usages[0]}\n`)
    expect(save).toContain(`Usage: ${usages[1]}\n`)
  })

  it('shows how the program is typed', () => {
    expect(createProgram({} as Invocation, 'npm run').helpInformation()).toContain(
      'Usage: npm run <command> -- [options]',
    )
    expect(createProgram({} as Invocation, 'bakeoff').helpInformation()).toContain('Usage: bakeoff <command> [options]')
  })

  it('does not show an empty list as a default', () => {
    for (const command of everyCommand(program)) expect(command.helpInformation()).not.toContain('[]')
  })
})
