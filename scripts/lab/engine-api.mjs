/** As much of the engine's API as the lab asks for itself. */
import { request } from 'node:http'
import { pipeline } from 'node:stream/promises'

/**
 * @typedef {object} Question
 * @property {string} [method]
 * @property {number} [timeoutMs]
 */

/**
 * Asks an engine.
 *
 * @param {string} socket
 * @param {string} path with its query
 * @param {Question} [question]
 * @returns {Promise<any>} its answer; null when it is empty
 * @throws Error with what the engine says, or that it does not answer
 */
export async function ask(socket, path, { method = 'GET', timeoutMs = 30_000 } = {}) {
  const asked = request({ socketPath: socket, path, method, signal: AbortSignal.timeout(timeoutMs) })
  asked.end()
  const text = await textOf(await answerOf(asked), `${method} ${path}`)
  return text === '' ? null : JSON.parse(text)
}

/**
 * Copies images from one engine to another, as one stream.
 *
 * @param {string} from socket
 * @param {string} to   socket
 * @param {readonly string[]} names
 */
export async function copyImages(from, to, names) {
  const query = names.map((name) => `names=${encodeURIComponent(name)}`).join('&')
  const saving = request({ socketPath: from, path: `/images/get?${query}` })
  saving.end()
  const archive = await answerOf(saving)
  if (archive.statusCode !== 200) await textOf(archive, `saving ${names.join(', ')}`)
  const loading = request({
    socketPath: to,
    path: '/images/load?quiet=1',
    method: 'POST',
    headers: { 'content-type': 'application/x-tar' },
  })
  const answer = answerOf(loading)
  await Promise.all([pipeline(archive, loading), answer])
  const said = await textOf(await answer, `loading ${names.join(', ')}`)
  if (said.includes('"error"')) throw new Error(`loading ${names.join(', ')}: ${said.trim()}`)
}

/** @returns {Promise<import('node:http').IncomingMessage>} */
function answerOf(asked) {
  return new Promise((resolve, reject) => {
    asked.once('response', resolve)
    asked.once('error', reject)
  })
}

async function textOf(answer, what) {
  const chunks = []
  for await (const chunk of answer) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  if (answer.statusCode >= 400) throw new Error(`${what}: ${answer.statusCode} ${text.trim()}`)
  return text
}
