import { formatDurationMs, formatNumber, type RunEvent } from '@bakeoff/model'
import type { Terminal } from './terminal.js'

/** Finished repetitions as rows that stay, one live line with the current step and the time left. */
export function progressOn(terminal: Terminal, now: () => number): (event: RunEvent) => void {
  const { green, yellow, red, dim, bold } = terminal.colours
  let left: { ms: number; at: number } | null = null
  const time = () =>
    left === null ? '' : dim(`  about ${formatDurationMs(Math.max(0, left.ms - (now() - left.at)))} left`)
  return (event) => {
    switch (event.kind) {
      case 'run-started':
        left = { ms: event.estimateMs, at: now() }
        terminal.say(
          bold(
            `run ${event.runId}: ${event.entries} target variants, at most ${formatDurationMs(event.estimateMs)} of measuring`,
          ),
        )
        return
      case 'image':
        if (event.state === 'building') terminal.say(dim(`  building ${event.image} …`))
        else if (event.state === 'built')
          terminal.say(`  built ${event.image} in ${formatDurationMs((event.seconds ?? 0) * 1000)}`)
        else if (event.state === 'failed') terminal.say(red(`✗ ${event.image}: ${event.message}`))
        else if (event.state === 'unsupported') terminal.say(yellow(`– ${event.image}: ${event.message}`))
        return
      case 'calibrated':
        terminal.say(
          dim(
            `  the load agent reaches ${formatNumber(event.calibration.throughput)} requests/s with ${event.calibration.connections} connections`,
          ),
        )
        return
      case 'boundary':
        if (event.boundary.answered.length > 0)
          terminal.say(
            yellow(
              `! targets can reach services of this machine: it answered at ${event.boundary.answered.join(', ')}`,
            ),
          )
        return
      case 'step':
        terminal.live(`${event.entry}  ${event.step}${time()}`)
        return
      case 'window':
        terminal.live(
          `${event.entry}  ${event.loadId}  ${formatNumber(event.window.ok / (event.window.durationMs / 1000))} answers/s${time()}`,
        )
        return
      case 'repetition': {
        left = event.leftMs === null ? left : { ms: event.leftMs, at: now() }
        const name = `${event.entry} #${event.repetition}`.padEnd(46)
        if (event.outcome === 'measured') {
          const figures = event.figures.map(({ loadId, throughput, p99Ms, invalid }) =>
            invalid
              ? red(`${loadId} does not count: ${invalid}`)
              : `${loadId} ${formatNumber(throughput)}/s${p99Ms === null ? '' : ` p99 ${formatNumber(p99Ms)} ms`}`,
          )
          const mark = event.figures.some(({ invalid }) => invalid) ? red('✗') : green('✓')
          terminal.say(`${mark} ${name} ${figures.join('  ')}`)
        } else if (event.triedAgain) terminal.say(`${yellow('–')} ${name} ${event.message}; tried again`)
        else if (event.outcome === 'failed') terminal.say(`${red('✗')} ${name} ${event.message}`)
        else terminal.say(`${yellow('–')} ${name} ${event.message}`)
        return
      }
      case 'note':
        terminal.say(
          event.level === 'error'
            ? red(event.message)
            : event.level === 'warning'
              ? yellow(event.message)
              : event.message,
        )
        return
      case 'run-ended':
        terminal.live('')
        if (event.status !== 'complete') terminal.say(yellow(`${event.status}: ${event.reason}`))
    }
  }
}
