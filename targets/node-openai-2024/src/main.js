import { describe, installedVersions } from './info.js'
import { articleScript } from './script.js'
import { buildServer } from './server.js'
import { positive, required, settingsFrom } from './settings.js'
import { stopOnTerm } from './stop.js'

const { port } = settingsFrom(process.env)

const run = articleScript({
  baseURL: required(process.env, 'OPENAI_BASE_URL'),
  apiKey: required(process.env, 'OPENAI_API_KEY'),
  model: required(process.env, 'OPENAI_MODEL'),
  // the longest silence of the upstream that is waited for
  silenceMs: positive(process.env, 'UPSTREAM_TIMEOUT_MS', 60_000),
})

// One process, however many cores there are: so it was in the article.
const server = buildServer(run, () =>
  describe({ framework: null, versions: installedVersions(['openai', 'node-fetch', 'agentkeepalive', 'p-limit']) }),
)
stopOnTerm(() => new Promise((resolve) => server.close(resolve)))
server.listen(port, '0.0.0.0')
