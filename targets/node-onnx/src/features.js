import pg from 'pg'
import { Connection } from './connection.js'
import { Refusal } from './ranking.js'

// Named, so that pg prepares them once a connection.
const USER = { name: 'user', text: 'SELECT features FROM users WHERE id = $1', rowMode: 'array' }
const ITEMS = { name: 'items', text: 'SELECT id, features FROM items WHERE id = ANY($1::int[])', rowMode: 'array' }

// pg only reads text, and brings no parser for real[]. Without nulls and quotes in it an array is JSON in other brackets.
const REAL_ARRAY = 1021
pg.types.setTypeParser(REAL_ARRAY, (text) => JSON.parse(`[${text.slice(1, -1)}]`))

/** SQLSTATE classes of a server that is going, full or not yet there. Without a SQLSTATE it is the connection that failed. */
const UNAVAILABLE = new Set(['08', '53', '57'])

export class FeatureStore {
  #connections
  #next = 0
  #down = false

  constructor(url, connections) {
    this.#connections = Array.from({ length: connections }, () => new Connection(url))
  }

  /** Rejects with a Refusal when the database does not answer. */
  async ping() {
    await this.#ask({ text: 'SELECT 1' })
  }

  /**
   * Both queries in one round trip.
   *
   * @returns `user`: 16 features, undefined when there is no such row; `items`: `[id, 24 features]` each, in the
   *   order the database answers
   * @throws Refusal
   */
  async fetch(userId, itemIds) {
    const [users, items] = await this.#ask({ ...USER, values: [userId] }, { ...ITEMS, values: [itemIds] })
    return { user: users[0]?.[0], items }
  }

  async #ask(...queries) {
    this.#next = (this.#next + 1) % this.#connections.length
    try {
      const rows = await this.#connections[this.#next].query(...queries)
      this.#down = false
      return rows
    } catch (error) {
      if (error instanceof pg.DatabaseError && !UNAVAILABLE.has(error.code?.slice(0, 2))) throw error
      if (!this.#down) console.error(`database: ${error.message}`) // once an outage, not once a request
      this.#down = true
      throw new Refusal(503, 'the database does not answer', { cause: error })
    }
  }
}
