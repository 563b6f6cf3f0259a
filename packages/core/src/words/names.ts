import type { Cell } from '@bakeoff/model'
import { list } from './quantities.js'

/** `go-net-http`, `python-flask (gunicorn)`. */
export function nameOf({
  target,
  variant,
}: {
  readonly target: { readonly name: string }
  readonly variant: string
}): string {
  return variant === 'default' ? target.name : `${target.name} (${variant})`
}

export function names(cells: readonly Cell[]): string {
  return list(cells.map(nameOf))
}
