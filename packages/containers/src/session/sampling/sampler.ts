import type { Readable } from 'node:stream'
import type { HostReading, Reading } from '@bakeoff/model'
import { type RunningContainer, type Sampler, steadyMs } from '@bakeoff/runner/ports'
import type { EngineClient } from '../../client/client.js'
import { eachLine } from '../../lines.js'
import { type ContainerFiles, openContainerFiles, openHostFiles } from './files.js'
import { parseStatsLine } from './stats.js'

/** The largest normal difference of the clocks. Readings come a second apart and may be late; a larger difference means that a clock was set. */
const CLOCK_WAS_SET_MS = 5000

/**
 * Reads counters until it is disposed: files of this machine's kernel at `hz`, else the engine's stats stream, which comes once a second.
 * The host is read only where it is the machine that the containers run on.
 */
export async function startSampler(
  client: EngineClient,
  containers: readonly RunningContainer[],
  hz: number,
  sameKernel: boolean,
): Promise<Sampler> {
  const series = new Map<string, Reading[]>(containers.map(({ name }) => [name, []]))
  const hostSeries: HostReading[] = []
  const files = new Map<string, ContainerFiles>()
  const streams: Readable[] = []
  for (const { name, id } of containers) {
    const opened = sameKernel ? await filesOf(client, id) : null
    if (opened) files.set(name, opened)
    else streams.push(await follow(client, id, series.get(name) as Reading[]))
  }
  const host = sameKernel ? openHostFiles() : null

  const read = () => {
    const atMs = steadyMs()
    if (host) hostSeries.push(host.read(atMs))
    for (const [name, opened] of files) {
      const reading = opened.read(steadyMs())
      if (reading) series.get(name)?.push(reading)
    }
  }
  const stopReading = everyMs(1000 / hz, read)
  return {
    between: (fromMs, toMs) => ({
      containers: Object.fromEntries([...series].map(([name, readings]) => [name, cut(readings, fromMs, toMs)])),
      host: cut(hostSeries, fromMs, toMs),
    }),
    async [Symbol.asyncDispose]() {
      stopReading()
      for (const stream of streams) stream.destroy()
      for (const opened of files.values()) opened.close()
      host?.close()
    },
  }
}

/** The readings between two times and the last one before them, which the first difference needs. */
export function cut<T extends { readonly atMs: number }>(readings: readonly T[], fromMs: number, toMs: number): T[] {
  const inside = readings.findIndex(({ atMs }) => atMs >= fromMs)
  if (inside === -1) return readings.slice(-1)
  return readings.slice(Math.max(0, inside - 1)).filter(({ atMs }) => atMs <= toMs)
}

/** Calls at once and then at every multiple of the period, without drift; a late call is not made up for. */
export function everyMs(periodMs: number, call: () => void): () => void {
  const startedAt = performance.now()
  let timer: NodeJS.Timeout
  const next = () => {
    call()
    const elapsed = performance.now() - startedAt
    // Timers may fire a fraction of a ms early: that call stands for the multiple it was meant for.
    timer = setTimeout(next, (Math.floor((elapsed + 1) / periodMs) + 1) * periodMs - elapsed).unref()
  }
  next()
  return () => clearTimeout(timer)
}

async function filesOf(client: EngineClient, id: string): Promise<ContainerFiles | null> {
  const { State } = await client.containers.inspect(id)
  return openContainerFiles(State.Pid, id)
}

async function follow(client: EngineClient, id: string, readings: Reading[]): Promise<Readable> {
  const stream = await client.containers.stats(id)
  stream.on('error', () => undefined) // the stream ends with its container, which is reported elsewhere
  let clockOffsetMs: number | null = null
  eachLine(stream, (line) => {
    const reading = parseStatsLine(line)
    if (reading === null) return
    // The engine's clock may be another machine's. Its spacing is exact until it is set, but windows are cut by this process's clock.
    const nowMs = steadyMs()
    if (clockOffsetMs === null || Math.abs(reading.atMs + clockOffsetMs - nowMs) > CLOCK_WAS_SET_MS)
      clockOffsetMs = nowMs - reading.atMs
    readings.push({ ...reading, atMs: reading.atMs + clockOffsetMs })
  })
  return stream
}
