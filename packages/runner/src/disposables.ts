/** A stack of started things, released last first. Node 20 has no AsyncDisposableStack. */
export class Disposables implements AsyncDisposable {
  readonly #held: AsyncDisposable[] = []

  use<T extends AsyncDisposable>(thing: T): T {
    this.#held.push(thing)
    return thing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const thing of this.#held.splice(0).reverse()) await thing[Symbol.asyncDispose]()
  }
}
