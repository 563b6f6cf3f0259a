import { Agent, request } from 'undici'

/**
 * As much of fetch as OpenAI's client uses, on undici's `request`. What fetch gives is a web stream, which costs several promises a
 * chunk; this is a stream of Node's, which the client reads as well.
 */
export function undiciFetch() {
  const dispatcher = new Agent()
  return async (url, { method, headers, body, signal }) => {
    const answer = await request(url, { dispatcher, method, headers, body, signal })
    return {
      url,
      status: answer.statusCode,
      ok: answer.statusCode >= 200 && answer.statusCode < 300,
      headers: headersOf(answer.headers),
      body: answer.body,
      text: () => answer.body.text(),
      json: () => answer.body.json(),
    }
  }
}

/** @param named values by names, in a list where a name came more than once */
function headersOf(named) {
  const headers = new Headers()
  for (const [name, values] of Object.entries(named)) {
    if (typeof values === 'string') headers.append(name, values)
    else for (const value of values) headers.append(name, value)
  }
  return headers
}
