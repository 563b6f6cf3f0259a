/** The parts of an answer that are kept while it is read: some are compared, and values are taken from some. */
export interface KeptAnswer {
  contentType: string | null
  /** names and values in turn; null where the head was recognised */
  headers: readonly string[] | null
  /** empty when the body is too long */
  body: Buffer[]
  bytes: number
  isTooLong: boolean
}

/** Adds a copy of a piece of the body; nothing of a body that is too long is kept. */
export function keep(answer: KeptAnswer, piece: Buffer, mostBytes: number): void {
  if (answer.isTooLong) return
  answer.bytes += piece.length
  answer.isTooLong = answer.bytes > mostBytes
  if (answer.isTooLong) answer.body = []
  else answer.body.push(Buffer.from(piece))
}
