import { z } from 'zod'

/** A body as a text. JSON is written as a string with escaped quotes, so that it is sent byte for byte. */
const bodyText = z.string('must be a text: write JSON as a string, such as "{\\"id\\":1}"')

/** One line of requests.ndjson: a request of the corpus, sent as it stands. */
export const requestLine = z.strictObject({
  method: z.string().default('GET'),
  path: z.string().startsWith('/'),
  headers: z.record(z.string(), z.string()).default({}),
  body: bodyText.nullable().default(null),
})
export type RequestLine = z.infer<typeof requestLine>

/** One line of golden.ndjson: the answer to the request on the same line of requests.ndjson. */
export const goldenLine = z.strictObject({
  status: z.int(),
  contentType: z.string().nullable().default(null),
  body: bodyText,
})
export type GoldenLine = z.infer<typeof goldenLine>

/** How an answer is compared with its golden answer. */
export const comparison = z.enum(['exact', 'ranked-scores', 'cosine'])
export type Comparison = z.infer<typeof comparison>

/** One line of contract.ndjson: bad input or a fault, and the answer every target must give. */
export const contractCase = z.strictObject({
  name: z.string(),
  request: z.strictObject({
    method: z.string().default('GET'),
    path: z.string().startsWith('/'),
    headers: z.record(z.string(), z.string()).default({}),
    body: bodyText.nullable().default(null),
    bodyBase64: z.string().nullable().default(null),
    /** builds a large body: prefix + unit × times + suffix */
    bodyPad: z
      .strictObject({ prefix: z.string(), unit: z.string(), times: z.int().positive(), suffix: z.string() })
      .nullable()
      .default(null),
    /** ask this service of the scenario instead of the target */
    service: z.string().nullable().default(null),
    /** the client goes away after this long, whether an answer has come or not */
    abandonAfterMs: z.number().positive().nullable().default(null),
  }),
  /** the service is stopped before the request and started again after it; a golden answer must then be right again */
  while: z.strictObject({ stopped: z.string() }).nullable().default(null),
  /** the answer must come within this time, default 10 s */
  withinMs: z.number().positive().default(10_000),
  /** absent when the client goes away and nothing is to be compared */
  expect: z
    .strictObject({
      status: z.union([z.int(), z.array(z.int())]),
      contentType: z.string().nullable().default(null),
      /** the body contains each of these */
      mentions: z.array(z.string()).default([]),
      /** the JSON body contains at least these members with these values */
      json: z.unknown().default(null),
      /** headers that must be there, with these values ('*' for any) */
      headers: z.record(z.string(), z.string()).default({}),
      body: z.string().nullable().default(null),
    })
    .nullable()
    .default(null),
})
export type ContractCase = z.infer<typeof contractCase>

/** An answer as the agent got it. `error` when there was none. */
export const fetched = z.object({
  status: z.int().nullable(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  /** set when the body is not valid UTF-8 or was cut at the agent's limit */
  bodyTruncated: z.boolean(),
  durationMs: z.number(),
  error: z.string().nullable(),
})
export type Fetched = z.infer<typeof fetched>
