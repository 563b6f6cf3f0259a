/** The drawings by the name that a figure's canvas carries. A new drawing is one file and one line here. */
import { atCap } from './at-cap.js'
import { bars } from './bars.js'
import { cpu, histogram, memory, spectrum, throttled, timeline } from './curves.js'
import type { Drawing } from './drawing.js'
import { dumbbell } from './dumbbell.js'
import { loadLatency, scaling } from './scaling.js'
import { scatter } from './scatter.js'
import { starts } from './starts.js'

export const DRAWINGS: Readonly<Record<string, Drawing>> = {
  bars,
  dumbbell,
  scatter,
  starts,
  spectrum,
  histogram,
  timeline,
  scaling,
  'load-latency': loadLatency,
  cpu,
  memory,
  throttled,
  'at-cap': atCap,
}
