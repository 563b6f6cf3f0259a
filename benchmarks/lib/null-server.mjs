/** The fallback where there is no C compiler: answers every request with the same bytes. Its own ceiling is Node's. */
import { createServer } from 'node:net'

const body = 'Prediction: Iris-Setosa'
const answer = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
createServer((socket) => {
  socket.setNoDelay(true)
  socket.on('error', () => {})
  socket.on('data', () => socket.write(answer))
}).listen(Number(process.env.PORT), '127.0.0.1')
