/** The upstream failed for good; status and message are what our own client is told. */
export class UpstreamError extends Error {
  constructor(statusCode, message, options) {
    super(message, options)
    this.statusCode = statusCode
  }
}
