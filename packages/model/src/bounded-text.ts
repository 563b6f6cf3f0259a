/** Limits on texts that a target or a container can choose: nobody may make a report long but the reader's own plan. */

/** Characters of a line of a log that are kept. */
export const MOST_LINE_CHARACTERS = 400
/** Lines of a log that are kept. */
export const MOST_LOG_LINES = 40
/** Characters of all lines of a log together. */
export const MOST_LOG_CHARACTERS = 16 * 1024
/** Characters of a message or a hint. */
export const MOST_MESSAGE_CHARACTERS = 4 * 1024

/** The beginning of a text, with its length where it was cut. Never longer than the limit and the note of the length. */
export function boundedText(text: string, most: number = MOST_LINE_CHARACTERS): string {
  if (text.length <= most) return text
  // Half a pair at the cut would be no character.
  const end = /[\uD800-\uDBFF]/.test(text[most - 1] as string) ? most - 1 : most
  return `${text.slice(0, end)}… (${text.length} characters)`
}

/**
 * The last lines of a log, each bounded, and all of them together: the newest are kept.
 *
 * @param most           lines
 * @param mostCharacters of all lines together
 */
export function boundedLog(
  lines: readonly string[],
  most: number = MOST_LOG_LINES,
  mostCharacters: number = MOST_LOG_CHARACTERS,
): string[] {
  const kept: string[] = []
  let left = mostCharacters
  for (let index = lines.length - 1; index >= 0 && kept.length < most; index--) {
    const line = boundedText(lines[index] as string)
    left -= line.length
    if (left < 0) break
    kept.unshift(line)
  }
  return kept
}
