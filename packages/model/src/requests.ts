import { z } from 'zod'
import { valueName } from './state.js'

/** A body as a text. JSON is written as a string with escaped quotes, so that it is sent byte for byte. */
const bodyText = z.string('must be a text: write JSON as a string, such as "{\\"id\\":1}"')

/** Where a value is taken from in an answer: a JSON Pointer, `header:NAME` or `body`; with a regular expression its first group, or else its match. */
export const captureSource = z.union(
  [z.string(), z.strictObject({ from: z.string(), regex: z.string() })],
  'must be where the value stands: "/id" (a JSON Pointer), "header:location", or {"from":"header:location","regex":"/orders/(.+)"}',
)
export type CaptureSource = z.infer<typeof captureSource>

/** One line of requests.ndjson: a request of the corpus. It is sent as it stands but for `{{key}}`, where the scenario has `values`. */
export const requestLine = z.strictObject({
  /** what `traffic` of the scenario and errors call it; several lines of one name take turns */
  name: z.string().min(1).optional(),
  method: z.string().default('GET'),
  path: z.string().startsWith('/'),
  headers: z.record(z.string(), z.string()).default({}),
  body: bodyText.nullable().default(null),
  /** values for later requests, from its answer */
  capture: z.record(valueName, captureSource).optional(),
})
export type RequestLine = z.infer<typeof requestLine>

/** One line of before.ndjson or after.ndjson: a request that is sent once, outside of all measuring. */
export const setupLine = requestLine.extend({
  /** what it must be answered with; default: any status from 200 to 299 */
  status: z.union([z.int(), z.array(z.int()).min(1)]).optional(),
})
export type SetupLine = z.infer<typeof setupLine>

/** What a member of an answer is held against in place of its golden value. */
export const matcher = z.union(
  [
    z.literal('any'),
    z.strictObject({ type: z.enum(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']) }),
    z.strictObject({ regex: z.string() }),
    z.strictObject({ range: z.tuple([z.number(), z.number()]) }),
  ],
  'must be "any", {"type":"string"}, {"regex":"^[A-Z]+$"} or {"range":[1,9]}',
)
export type Matcher = z.infer<typeof matcher>

/** One line of golden.ndjson: the answer to the request on the same line of requests.ndjson. */
export const goldenLine = z.strictObject({
  status: z.int(),
  contentType: z.string().nullable().default(null),
  body: bodyText,
  /** JSON Pointers to what is not compared, there or not; `*` is any index or member */
  ignore: z.array(z.string()).optional(),
  /** what is there, and is held against a matcher in place of its golden value, by JSON Pointer */
  match: z.record(z.string(), matcher).optional(),
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
