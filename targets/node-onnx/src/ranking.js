export const MAX_CANDIDATES = 1000

/** What PostgreSQL's `int` can hold. */
const id = { type: 'integer', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 }

/** JSON Schemas of POST /rank: Fastify compiles one into the check of the request, the other into the answer's serialiser. */
export const rankSchema = {
  body: {
    type: 'object',
    required: ['user_id', 'item_ids', 'size'],
    properties: {
      user_id: id,
      item_ids: { type: 'array', items: id, minItems: 1, maxItems: MAX_CANDIDATES },
      size: { type: 'integer', minimum: 1 },
    },
  },
  response: {
    200: {
      type: 'object',
      properties: {
        outputs: {
          type: 'array',
          items: { type: 'object', properties: { id: { type: 'integer' }, score: { type: 'number' } } },
        },
      },
    },
  },
}

/** An answer other than 200, as the client sees it. */
export class Refusal extends Error {
  constructor(statusCode, message, options) {
    super(message, options)
    this.statusCode = statusCode
  }
}

/**
 * What the client is told about an error of ours or of Fastify's.
 *
 * @returns the refusal, or null when the error is our bug
 */
export function refusalOf(error) {
  const tooMany =
    error.validation?.some(({ keyword }) => keyword === 'maxItems') || error.code === 'FST_ERR_CTP_BODY_TOO_LARGE'
  if (tooMany) return new Refusal(413, `at most ${MAX_CANDIDATES} item_ids`)
  return error.statusCode < 500 || error instanceof Refusal ? new Refusal(error.statusCode, error.message) : null
}
