/** The inputs of action.yml as options of the matrix command. Plain Node: nothing is installed yet when this runs. */

/** Inputs that are options of the same name. Of a text with several lines each is an option of its own. */
export const OPTIONS = [
  ...['scenario', 'target', 'profile', 'repetitions', 'budget', 'window', 'load', 'rate', 'slo'],
  ...['against', 'baseline', 'fail-on'],
]
/** Inputs that are options without a value, where they say `true`. */
export const FLAGS = ['quick']

/** The variable that action.yml puts an input into. @param {string} input */
export function variableOf(input) {
  return `BAKEOFF_INPUT_${input.toUpperCase().replaceAll('-', '_')}`
}

/**
 * The options of the matrix command, as a shell would hand them on.
 *
 * @param {Readonly<Record<string, string | undefined>>} env
 * @returns {string[]}
 */
export function optionsOfInputs(env) {
  const linesOf = (/** @type {string} */ input) =>
    (env[variableOf(input)] ?? '').split('\n').flatMap((line) => line.trim() || [])
  return [
    ...OPTIONS.flatMap((input) => linesOf(input).flatMap((value) => [`--${input}`, value])),
    ...FLAGS.filter((input) => linesOf(input)[0] === 'true').map((input) => `--${input}`),
    ...linesOf('args').flatMap((line) => line.split(/\s+/)),
  ]
}
