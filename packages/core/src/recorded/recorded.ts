import type { GoldenLine, RequestLine } from '@bakeoff/model'

/** A request of a service that exists, as a file or a proxy has it, and the answer that was seen to it. */
export interface Recorded {
  readonly request: RequestLine
  /** null: none was seen, or it is no text */
  readonly answer: GoldenLine | null
}

/** What became of a recording: the requests of a scenario, and all that is not in them. */
export interface Recording {
  readonly recorded: readonly Recorded[]
  /** sentences about what was left out or changed, for the user */
  readonly notes: readonly string[]
  /** values that requests name as `{{name}}`, with the environment variable that has each */
  readonly secrets: readonly Secret[]
  /** values of secret headers as they were recorded, which answers may repeat: never written, nor shown */
  readonly sent: readonly string[]
}

/** A value that is never written into a file: `{{name}}` in a request. */
export interface Secret {
  readonly name: string
  /** the environment variable from which it is read */
  readonly variable: string
}

/** What is done with headers that have a secret: each is left out, or written as a value of the environment. */
export type SecretsAs = 'dropped' | 'values'

/** `requests 1, 2 and 98 more` */
export function whichRequests(numbers: readonly number[]): string {
  const [first, second] = numbers
  if (numbers.length === 1) return `request ${first}`
  if (numbers.length === 2) return `requests ${first} and ${second}`
  return `requests ${first}, ${second} and ${numbers.length - 2} more`
}

/** `GET /orders/7`, short enough for a line. */
export function nameOf({ method, path }: Pick<RequestLine, 'method' | 'path'>): string {
  return `${method} ${path.length > 80 ? `${path.slice(0, 79)}…` : path}`
}
