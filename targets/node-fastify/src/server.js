import Fastify from 'fastify'
import { describe } from './info.js'
import { countWorkers } from './workers.js'

const PREDICTION = 'Prediction: Iris-Setosa'

export function buildServer() {
  // A log line a request would be measured with it, and nobody reads it here.
  const app = Fastify({ logger: false })

  // Fastify sends a string as text/plain; UTF-8. Handlers that await nothing reply by themselves: no promise a request.
  app.get('/predict', (_request, reply) => {
    reply.send(PREDICTION)
  })
  app.get('/health', (_request, reply) => {
    reply.send('')
  })
  app.get('/info', () => describeService(app.version))

  return app
}

/** @param version fastify's own */
async function describeService(version) {
  const { llhttp, uv } = process.versions
  return describe({ framework: 'fastify', versions: { fastify: version, llhttp, uv }, workers: await countWorkers() })
}
