import Fastify from 'fastify'

const PREDICTION = 'Prediction: Iris-Setosa'

/** @param describe takes fastify's version and resolves to the answer of GET /info */
export function buildServer({ describe }) {
  // A log line a request would be measured with it, and nobody reads it here.
  const app = Fastify({ logger: false })

  // Fastify sends a string as text/plain; UTF-8. Handlers that await nothing reply by themselves: no promise a request.
  app.get('/predict', (_request, reply) => {
    reply.send(PREDICTION)
  })
  app.get('/health', (_request, reply) => {
    reply.send('')
  })
  app.get('/info', () => describe(app.version))

  return app
}
