import { Hono } from 'hono'

const PREDICTION = 'Prediction: Iris-Setosa'

/** @param describe gives the answer of GET /info */
export function buildApp(describe) {
  const app = new Hono()
  app.get('/predict', (context) => context.text(PREDICTION))
  app.get('/health', (context) => context.text(''))
  app.get('/info', async (context) => context.json(await describe()))
  return app
}
