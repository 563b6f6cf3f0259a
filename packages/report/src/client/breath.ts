/** Lets the browser do what waits, a frame or a click, before the work goes on: long work in one piece makes a page stand still. */
export function breath(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}

/** The end of the next frame: the page is laid out and drawn, and what follows is a piece of work of its own. */
export async function frame(): Promise<void> {
  await new Promise(requestAnimationFrame)
  await breath()
}

/** A moment in which the browser has nothing else to do, or a fifth of a second from now. */
export function idle(): Promise<void> {
  return new Promise((resolve) => {
    if ('requestIdleCallback' in globalThis) requestIdleCallback(() => resolve(), { timeout: 200 })
    else setTimeout(resolve, 16)
  })
}
