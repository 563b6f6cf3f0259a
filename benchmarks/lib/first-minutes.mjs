/** Tables of where the first minutes of a run went, from its events. Pure: events in, text out. */

/**
 * How long each image took, from its events: the first of it to `building` it waited for what it stands on or for its turn, from there to `built`
 * it was built. Several can be built at once: the sum is not the time that passed.
 *
 * @param events of events.ndjson, in any order of images
 * @returns one row an image: {image, waitedSeconds, builtSeconds (null: nothing was built), end: 'built' | 'cached' | …}, longest first
 */
export function imageTimes(events) {
  const rows = new Map()
  const beganMs = Math.min(...events.map(({ at }) => Date.parse(at)))
  const stageMs = []
  for (const event of events) {
    const atMs = Date.parse(event.at)
    if (event.kind === 'stage' && event.state === 'building') stageMs.push(atMs)
    if (event.kind !== 'image') continue
    const row = rows.get(event.image) ?? { image: event.image, waitedSeconds: 0, builtSeconds: null, end: null, beganMs: null }
    rows.set(event.image, row)
    if (event.state === 'building' && row.beganMs === null) {
      row.beganMs = atMs
      row.waitedSeconds = (atMs - (stageMs.at(-1) ?? beganMs)) / 1000
    } else if (event.state !== 'building' && row.builtSeconds === null) {
      row.end = event.state
      if (row.beganMs !== null) row.builtSeconds = (atMs - row.beganMs) / 1000
    }
  }
  return [...rows.values()]
    .map(({ beganMs: _, ...row }) => row)
    .sort((a, b) => (b.builtSeconds ?? -1) - (a.builtSeconds ?? -1) || (a.image < b.image ? -1 : 1))
}

export function imageTable(times) {
  const built = times.filter(({ builtSeconds }) => builtSeconds !== null)
  const sum = built.reduce((total, { builtSeconds }) => total + builtSeconds, 0)
  const rows = built.map(({ image, waitedSeconds, builtSeconds, end }) => [
    image,
    seconds(waitedSeconds),
    seconds(builtSeconds),
    `${((100 * builtSeconds) / sum).toFixed(0)} %`,
    end === 'built' ? '' : (end ?? 'not over'),
  ])
  const others = times.filter(({ builtSeconds }) => builtSeconds === null)
  const ends = [...new Set(others.map(({ end }) => end))]
  const counts = ends.map((end) => `${others.filter((other) => other.end === end).length} ${end}`)
  return [
    columns([['image', 'waited', 'built', 'share', ''], ...rows, ['one after the other', '', seconds(sum), '', '']]),
    ...(others.length > 0 ? [`besides: ${counts.join(', ')}`] : []),
  ].join('\n')
}

/**
 * The run's stages: what was built and what was measured in each, and when it was over, counted from the start of the run or, where it is
 * known how long the command took until then, of the command.
 *
 * @param {number | null} setupSeconds from the command to the run's start; null: not known
 */
export function stageTable(events, setupSeconds = null) {
  const started = events.find(({ kind }) => kind === 'run-started')
  const ended = events.find(({ kind }) => kind === 'run-ended')
  if (started === undefined) return 'The run never started.'
  const zeroMs = Date.parse(started.at) - 1000 * (setupSeconds ?? 0)
  const since = (at) => seconds((Date.parse(at) - zeroMs) / 1000)
  const rows = setupSeconds === null ? [] : [['setup', '', '', seconds(setupSeconds)]]
  const open = new Map()
  for (const { kind, scenario, repetition, state, at } of events) {
    if (kind !== 'stage') continue
    const key = `${scenario}, repetition ${repetition}`
    const stage = open.get(key) ?? {}
    open.set(key, { ...stage, [state]: at })
    if (state !== 'over') continue
    const between = (from, to) => (from && to ? seconds((Date.parse(to) - Date.parse(from)) / 1000) : '')
    rows.push([key, between(stage.building, stage.measuring ?? at), between(stage.measuring, at), since(at)])
  }
  if (ended) rows.push(['end', '', '', since(ended.at)])
  return columns([['stage', 'built', 'measured', 'over after'], ...rows])
}

function seconds(value) {
  const whole = Math.round(value)
  return whole < 100 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
}

/** The first column to the left, the others to the right. */
function columns(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  return rows
    .map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join('  ').trimEnd())
    .join('\n')
}
