import pg from 'pg'

/** What one request may spend on connecting, and then on its answers. */
const DEADLINE_MS = 2000

/**
 * One connection that many requests share: each writes its queries at once and does not wait for the ones before (pg's
 * pipeline mode). Queries of several requests leave in one system call and come back in one, which a pool with a
 * connection a request cannot do. It is made when it is first needed, and again after it broke.
 */
export class Connection {
  #url
  /** the promise of a connected client, null when there is none */
  #client = null

  constructor(url) {
    this.#url = url
  }

  /** Runs the queries in one go; resolves to the rows of each. Rejects with pg's error. */
  async query(...queries) {
    this.#client ??= this.#connect()
    const client = await this.#client
    const results = await Promise.all(queries.map((query) => client.query(query)))
    return results.map(({ rows }) => rows)
  }

  async #connect() {
    const client = new pg.Client({
      connectionString: this.#url,
      connectionTimeoutMillis: DEADLINE_MS,
      query_timeout: DEADLINE_MS,
      pipeline: true,
    })
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
