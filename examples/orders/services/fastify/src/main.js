import { createClient } from '@redis/client'
import { buildServer } from './server.js'

const { PORT = '3000', REDIS_URL = 'redis://127.0.0.1:6379' } = process.env

const redis = createClient({
  url: REDIS_URL,
  // Without it requests wait for a Redis that is away, for as long as it is; they should rather be told.
  disableOfflineQueue: true,
  // One that hangs is seen by the silence after a ping.
  pingInterval: 1000,
  socket: { connectTimeout: 1000, socketTimeout: 3000, reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, 1000) },
})
redis.on('error', ({ message, code }) => console.error(`redis: ${message || code}`))
// Not awaited: /healthz says when it is there.
redis.connect().catch(() => {})

const app = buildServer(redis)
await app.listen({ host: '0.0.0.0', port: Number(PORT) })

process.once('SIGTERM', async () => {
  await app.close()
  redis.destroy()
})
