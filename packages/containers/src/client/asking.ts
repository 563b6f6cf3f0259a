import { translated } from './errors.js'
import { type ProgressEvent, progressEvents } from './progress.js'

/** Asks the engine; the errors of the call are translated. */
export async function asking<T>(doing: string, call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw translated(error, doing, signal)
  }
}

/** The events of long work; the errors of its beginning and of its stream are translated. */
export async function* working(
  doing: string,
  begin: () => Promise<unknown>,
  signal: AbortSignal,
): AsyncGenerator<ProgressEvent, void, undefined> {
  try {
    yield* progressEvents((await begin()) as AsyncIterable<Buffer>)
  } catch (error) {
    throw translated(error, doing, signal)
  }
}
