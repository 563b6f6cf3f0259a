import { formatBytes, formatDurationMs, loadIdOf, type Plan } from '@bakeoff/model'

/** A plan as a person reads it before starting it. */
export function planText(plan: Plan): string {
  const lines: string[] = []
  for (const scenario of plan.scenarios) {
    const { cores } = scenario
    lines.push(`${scenario.id}: ${scenario.loads.map(loadIdOf).join(', ')}`)
    lines.push(
      `  target on core ${cores.target.join(',')} with ${formatBytes(scenario.targetCaps.memoryBytes)}; ${scenario.services.map(({ name, caps }) => `${name} on ${caps.cpuset.join(',')} with ${formatBytes(caps.memoryBytes)}; `).join('')}agent on ${cores.agent.join(',')}; orchestrator on ${cores.orchestrator.join(',')}`,
    )
    for (const entry of plan.entries.filter((one) => one.scenario === scenario.id)) {
      lines.push(
        `  ${`${entry.target}/${entry.variant}`.padEnd(44)} ${entry.language.padEnd(8)} ${entry.replicas > 1 ? `${entry.replicas} × behind ${entry.proxy}` : ''}`.trimEnd(),
      )
    }
  }
  for (const { what, where, todo } of plan.warnings) lines.push(`! ${where}: ${what}. ${todo}`)
  const { minRepetitions, maxRepetitions, tightness, budgetMs } = plan.rules
  const repetitions = minRepetitions === maxRepetitions ? `${minRepetitions}` : `${minRepetitions} to ${maxRepetitions}`
  lines.push(
    maxRepetitions === 1
      ? `1 repetition: about ${formatDurationMs(plan.estimateMs.least)}, builds aside`
      : `${repetitions} repetitions, until every interval is within ±${(tightness * 100).toFixed(0)} % or ${formatDurationMs(budgetMs)} have passed: ${formatDurationMs(plan.estimateMs.least)} to ${formatDurationMs(plan.estimateMs.most)}, builds aside`,
  )
  return lines.join('\n')
}
