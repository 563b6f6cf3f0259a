import type { Results } from '@bakeoff/model'

/** Names that try to leave the place where they stand: markup, replacement patterns, another direction, 200 characters. */
export const HOSTILE_NAME = `</script><img src=x onerror=alert(1)>$&"'\u202Eevil\u202C-${'x'.repeat(160)}`

/** The same results with targets and variants that no target.yaml would be allowed to have. */
export function withHostileNames(results: Results): Results {
  const names = new Map(
    [...new Set(results.entries.map(({ target }) => target))].map((target, index) => [
      target,
      `${HOSTILE_NAME}${index}`,
    ]),
  )
  return {
    ...results,
    run: { ...results.run, id: HOSTILE_NAME, command: `npm run matrix -- --target ${HOSTILE_NAME}` },
    host: { ...results.host, hostname: HOSTILE_NAME },
    entries: results.entries.map((entry) => ({
      ...entry,
      target: names.get(entry.target) ?? entry.target,
      logTail: [HOSTILE_NAME],
      dockerfile: `FROM ${HOSTILE_NAME}`,
      notes: [HOSTILE_NAME],
    })),
    cells: results.cells.map((cell) => ({ ...cell, outcomeReason: cell.outcomeReason && HOSTILE_NAME })),
    findings: results.findings.map((finding) => ({ ...finding, text: `${HOSTILE_NAME} ${finding.text}` })),
    warnings: [{ what: HOSTILE_NAME, where: HOSTILE_NAME, why: HOSTILE_NAME, todo: HOSTILE_NAME }],
  }
}
