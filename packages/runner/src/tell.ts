import type { RunEvent } from '@bakeoff/model'
import type { Ports } from './materials.js'

/** A kind of event without its time. */
type WithoutTime<Event> = Event extends RunEvent ? Omit<Event, 'at'> : never
/** An event without its time, which is added when it is sent. */
export type ToTell = WithoutTime<RunEvent>

/** Hands an event to the sink with the present time, by the machine's clock. The only place where events are made. */
export function tell({ clock, sink }: Pick<Ports, 'clock' | 'sink'>, { kind, ...more }: ToTell): void {
  // TypeScript does not follow a union through a spread.
  sink.event({ kind, at: new Date(clock.now()).toISOString(), ...more } as RunEvent)
}
