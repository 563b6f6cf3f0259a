import { clockErrorOf } from '../observe/machines.js'
import { thresholds } from '../thresholds.js'
import { defineStartFigure } from './define.js'

export const coldStart = defineStartFigure({
  id: 'coldStartMs',
  title: 'Cold start',
  unit: 'ms',
  format: 'duration',
  about:
    'From the start of the container’s process, as the engine tells it, to the first 200 of GET /health; with replicas, from the first of them to the last. Not told on several machines whose clocks are less sure than a start is short.',
  column: 'target_cold_start_ms',
  from: (record) =>
    (clockErrorOf(record) ?? 0) > thresholds.clock.hidesColdStart ? null : (record.coldStart?.readyMs ?? null),
})

export const startCall = defineStartFigure({
  id: 'startCallMs',
  title: 'Engine’s start call',
  unit: 'ms',
  format: 'duration',
  about:
    'How long the engine took to make and start the container, for the most part before the cold start; the target has no influence on it.',
  column: 'target_start_call_ms',
  from: ({ coldStart: start }) => start?.startCallMs ?? null,
})

export const idleMemory = defineStartFigure({
  id: 'idleMemoryBytes',
  title: 'Idle memory',
  unit: 'bytes',
  format: 'bytes',
  about: 'Anonymous memory of the target after its verification and before any load.',
  column: 'target_idle_memory_bytes',
  from: ({ idleMemoryBytes }) => idleMemoryBytes,
})

export const imageSize = defineStartFigure({
  id: 'imageBytes',
  title: 'Image size',
  unit: 'bytes',
  format: 'bytes',
  about: 'The image as the engine stores it, including the base image, which all targets share.',
  column: 'target_image_bytes',
  from: ({ image }) => image?.bytes ?? null,
})

export const buildTime = defineStartFigure({
  id: 'buildSeconds',
  title: 'Build time',
  unit: 's',
  format: 'duration',
  about:
    'The build that made the image, without the base image. It depends on the network and on other builds at the same time: read it as a rough figure.',
  column: 'target_build_s',
  from: ({ image }) => image?.buildSeconds ?? null,
})
