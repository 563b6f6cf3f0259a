import { PARTS } from './parts.mjs'

export const USAGE = `npm test                     what every change must pass, in some fifteen minutes on two cores
npm test -- --all            and every target, every fault, and what else takes long (CI=true asks for it as well)
npm test -- --short          the short run, also where CI=true
npm test -- --part NAME      only this part; may be given several times: ${PARTS.map(({ name }) => name).join(', ')}
npm test -- --without NAME   all parts but this one; may be given several times
npm test -- FILE or OPTION   anything else goes to vitest: npm test -- --project pure packages/core`

/** The options of our own, without their dashes. */
export const OPTIONS = ['all', 'short', 'part', 'without']

/**
 * What was asked for.
 *
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {{ kind: 'help' } | { kind: 'bad', why: string } | { kind: 'vitest', all: boolean, args: string[] } | { kind: 'parts', all: boolean, only: string[], without: string[] }}
 */
export function optionsOf(args, env) {
  const named = { part: [], without: [] }
  const rest = []
  let size = null
  for (let index = 0; index < args.length; index++) {
    const argument = args[index]
    if (argument === '--help' || argument === '-h') return { kind: 'help' }
    if (argument === '--all' || argument === '--short') {
      if (size !== null && size !== argument) return { kind: 'bad', why: '--all and --short exclude each other' }
      size = argument
    } else if (/^--(part|without)(=|$)/.test(argument)) {
      const [option, given] = argument.slice(2).split('=')
      const name = given ?? args[++index]
      if (!PARTS.some((part) => part.name === name))
        return { kind: 'bad', why: `there is no part ${name ?? 'without a name'}` }
      named[option].push(name)
    } else rest.push(argument)
  }
  const { part: only, without } = named
  if (only.length > 0 && without.length > 0) return { kind: 'bad', why: '--part and --without exclude each other' }
  if (only.length + without.length > 0 && rest.length > 0)
    return {
      kind: 'bad',
      why: `--${only.length > 0 ? 'part' : 'without'} takes no options of vitest: ${rest.join(' ')}`,
    }
  const all = size === null ? isOn(env.CI) : size === '--all'
  if (rest.length > 0) return { kind: 'vitest', all: size === '--all', args: rest }
  return { kind: 'parts', all, only, without }
}

function isOn(value) {
  return value !== undefined && !['', '0', 'false'].includes(value.toLowerCase())
}
