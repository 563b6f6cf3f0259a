/** Connects standard input and output with a port, as ssh's ProxyCommand wants it: `pipe.mjs ADDRESS PORT`. */
import { connect } from 'node:net'

const [host, port] = process.argv.slice(2)
const socket = connect(Number(port), host)
process.stdin.pipe(socket)
socket.pipe(process.stdout)
socket.on('error', (error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})
socket.on('close', () => process.exit(0))
