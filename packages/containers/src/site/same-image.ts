import type { ImageAnswer } from '../client/answers.js'

/** The settings of an image that change what its containers do. */
const SETTINGS = ['Entrypoint', 'Cmd', 'Env', 'User', 'WorkingDir', 'StopSignal', 'Volumes', 'Labels'] as const

/**
 * Whether two engines have the same image: the same layers, by the digests of their contents, and the same settings. Ids need not agree: an
 * engine that keeps images in containerd's store counts them otherwise.
 */
export function isSameImage(one: ImageAnswer, other: ImageAnswer): boolean {
  const layers = one.RootFS?.Layers ?? []
  return (
    layers.length > 0 &&
    sameText(layers, other.RootFS?.Layers ?? []) &&
    SETTINGS.every((name) => sameText(settingOf(one, name), settingOf(other, name)))
  )
}

function sameText(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** A setting in one form: engines write nothing as null, as an empty text, list or object, or not at all, and names in any order. */
function settingOf({ Config }: ImageAnswer, name: (typeof SETTINGS)[number]): unknown {
  const value = (Config as Readonly<Record<string, unknown>> | null | undefined)?.[name] ?? null
  if (value === null || value === '') return null
  if (Array.isArray(value)) return value.length === 0 ? null : value
  if (typeof value !== 'object') return value
  const entries = Object.entries(value)
  return entries.length === 0 ? null : entries.sort(([a], [b]) => (a < b ? -1 : 1))
}
