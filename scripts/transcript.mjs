/** The end of the run in reports/example, as README.md shows it: a block of code whose last line is the link to its page. */
const BLOCK = /(```\n)((?:(?!```)[\s\S])*?)(\n\nReport: file:\/\/…\/reports\/example\/index\.html\n```)/

/**
 * The lines before the link; null where there is no such block.
 *
 * @param {string} readme
 * @returns {string | null}
 */
export function transcriptIn(readme) {
  return BLOCK.exec(readme)?.[2] ?? null
}

/**
 * @param {string} readme
 * @param {string} transcript
 * @returns {string}
 */
export function withTranscript(readme, transcript) {
  return readme.replace(BLOCK, (_, before, _old, after) => `${before}${transcript}${after}`)
}
