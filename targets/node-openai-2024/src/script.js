import KeepAliveAgent from 'agentkeepalive'
import OpenAI from 'openai'
import pLimit from 'p-limit'

/**
 * The article's script: p-limit and one Promise.all over all questions, and of each answer the text of its stream. Its client is the
 * one of that time, and nothing of it is set but whom it asks and how long it waits.
 */
export function articleScript({ baseURL, apiKey, model, silenceMs }) {
  // The client has such an agent of its own, which waits five minutes for a silent stream; its `timeout` ends with the headers.
  const httpAgent = new KeepAliveAgent({ keepAlive: true, timeout: silenceMs })
  const openai = new OpenAI({ baseURL, apiKey, timeout: silenceMs, httpAgent })

  async function generate(messages, signal) {
    const stream = await openai.chat.completions.create({ messages, model, stream: true }, { signal })
    let text = ''
    for await (const chunk of stream) {
      const content = chunk.choices?.[0]?.delta?.content
      if (content) text += content
    }
    signal.throwIfAborted() // the client ends an aborted stream as if it were complete
    return text
  }

  /** Where the article's script would end with an error, a question has no answer here. */
  async function generateOrNull(messages, signal) {
    signal.throwIfAborted() // what still waits for its place when the client leaves must not begin
    try {
      return await generate(messages, signal)
    } catch {
      signal.throwIfAborted()
      return null
    }
  }

  /** @returns the texts in the order of the questions, null for those that failed. Throws when the signal aborts */
  return async function run(conversations, concurrency, signal) {
    const limit = pLimit(concurrency)
    return Promise.all(conversations.map((messages) => limit(() => generateOrNull(messages, signal))))
  }
}
