import pg from 'pg'

/** What one request may spend on a connection, and then on its answers. */
const DEADLINE_MS = 2000

/** How a client is opened in both styles: in pipeline mode queries leave at once and do not wait for those before. */
const clientFor = (url) => ({
  connectionString: url,
  connectionTimeoutMillis: DEADLINE_MS,
  query_timeout: DEADLINE_MS,
  pipeline: true,
})

/**
 * A few connections that all requests share. Queries of several requests leave in one system call and come back in one, which a
 * pool cannot do.
 */
export class SharedConnections {
  #connections
  #next = 0

  constructor(url, count) {
    this.#connections = Array.from({ length: count }, () => new Connection(url))
  }

  /** Runs the queries in one go; resolves to the rows of each. Rejects with pg's error. */
  async query(...queries) {
    this.#next = (this.#next + 1) % this.#connections.length
    const client = await this.#connections[this.#next].client()
    return rowsOf(client, queries)
  }
}

/** A pool: a connection belongs to one request until it has its rows. */
export class ConnectionPool {
  #pool

  constructor(url, count) {
    this.#pool = new pg.Pool({ ...clientFor(url), max: count, idleTimeoutMillis: 0 })
    // A connection that breaks says so to its request, or is not there for the next. Without listeners it would end the process.
    this.#pool.on('error', () => {})
    this.#pool.on('connect', (client) => client.on('error', () => {}))
  }

  /** Runs the queries in one go; resolves to the rows of each. Rejects with pg's error. */
  async query(...queries) {
    const client = await this.#pool.connect()
    try {
      const rows = await rowsOf(client, queries)
      client.release()
      return rows
    } catch (error) {
      client.release(error) // which closes it
      throw error
    }
  }
}

async function rowsOf(client, queries) {
  const results = await Promise.all(queries.map((query) => client.query(query)))
  return results.map(({ rows }) => rows)
}

/** One connection, made when it is first needed, and again after it broke. */
class Connection {
  #url
  /** the promise of a connected client, null when there is none */
  #client = null

  constructor(url) {
    this.#url = url
  }

  client() {
    this.#client ??= this.#connect()
    return this.#client
  }

  async #connect() {
    const client = new pg.Client(clientFor(this.#url))
    const forget = () => {
      this.#client = null
    }
    // 'error' is what breaks while nothing is asked; without a listener it would end the process.
    client.once('end', forget).on('error', forget)
    try {
      await client.connect()
      return client
    } catch (error) {
      forget()
      throw error
    }
  }
}
