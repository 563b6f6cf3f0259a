import { z } from 'zod'

const number = z.number().optional()

/** The numbers by which a source can describe its load. */
export const publishedNumbers = {
  connections: number,
  users: number,
  concurrency: number,
  tasks: number,
  requests: number,
  perSecond: number,
}

/** A load as a source gives it: `{ connections: 10 }`, `{ tasks: 1800, concurrency: 200 }`, `{ users: 10, requests: 5000 }`. */
export type PublishedLoad = Readonly<Record<string, number>>

/** Connections, users and tasks under way at once, as published; null when the source does not say. */
export function atOnceOf(said: PublishedLoad): number | null {
  return said['connections'] ?? said['users'] ?? said['concurrency'] ?? null
}

/** Whether a published number can be a number of connections, or of tasks. */
export function isCount(value: number | null | undefined): value is number {
  return value != null && Number.isInteger(value) && value > 0
}
