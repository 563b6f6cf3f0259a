import { connect } from 'node:net'

/** Long enough for a second try of TCP. */
const CONNECT_MS = 3_500

/** Those of these addresses that do not answer at a port. One that refuses the connection has answered. */
export async function unreached(addresses: readonly string[], port: number, withinMs = CONNECT_MS): Promise<string[]> {
  const asked = addresses.map(async (address) => ((await answers(address, port, withinMs)) ? [] : [address]))
  return (await Promise.all(asked)).flat()
}

function answers(host: string, port: number, withinMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const end = (answered: boolean) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(answered)
    }
    const timer = setTimeout(end, withinMs, false)
    socket.on('connect', () => end(true))
    socket.on('error', ({ code }: NodeJS.ErrnoException) => end(code === 'ECONNREFUSED' || code === 'ECONNRESET'))
  })
}
