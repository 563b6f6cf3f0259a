import pg from 'pg'
import { Refusal } from './ranking.js'

export const USER_FEATURES = 16
export const ITEM_FEATURES = 24

// Named, so that pg prepares them once a connection. array_send gives a real[] as the bytes of the wire: pg asks for results as
// text, and bytes cost less as text than numbers do, to print and to parse.
const USER = { name: 'user', text: 'SELECT array_send(features) FROM users WHERE id = $1', rowMode: 'array' }
const ITEMS = {
  name: 'items',
  text: 'SELECT id, array_send(features) FROM items WHERE id = ANY($1::int[])',
  rowMode: 'array',
}

/** SQLSTATE classes of a server that is going, full or not yet there. Without a SQLSTATE it is the connection that failed. */
const UNAVAILABLE = new Set(['08', '53', '57'])

export class FeatureStore {
  #connections
  #down = false

  /** @param connections what runs queries in one go: see connections.js */
  constructor(connections) {
    this.#connections = connections
  }

  /** Rejects with a Refusal when the database does not answer. */
  async ping() {
    await this.#ask({ text: 'SELECT 1' })
  }

  /**
   * Both queries in one round trip. Features are a `real[]` as PostgreSQL sends it, for `readReals`.
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
    try {
      const rows = await this.#connections.query(...queries)
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
