import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { eachLine } from '../src/lines.js'

it('calls for every line of a stream, and for what is left at its end', async () => {
  const stream = new PassThrough()
  const lines: string[] = []
  eachLine(stream, (line) => lines.push(line))
  for (const byte of Buffer.from('{"a":"é"}\r\n{"b":1}\nhal')) stream.write(Buffer.from([byte]))
  stream.end('f')
  await new Promise((resolve) => stream.once('end', resolve))
  expect(lines).toEqual(['{"a":"é"}', '{"b":1}', 'half'])
})

it('says nothing of a stream that breaks, and keeps its lines until then', async () => {
  const stream = new PassThrough()
  const lines: string[] = []
  eachLine(stream, (line) => lines.push(line))
  stream.write('one\ntw')
  await new Promise((resolve) => setImmediate(resolve))
  stream.destroy(new Error('the engine went away'))
  await new Promise((resolve) => stream.once('close', resolve))
  expect(lines).toEqual(['one'])
})
