import { translated } from './errors.js'
import { type ProgressEvent, progressEvents } from './progress.js'

/** The answer to a call, its errors translated. */
export async function asking<T>(doing: string, call: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw translated(error, doing, signal)
  }
}

/** The events of long work, the errors of its beginning and of its stream translated. */
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
