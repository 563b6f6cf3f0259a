// Copied from templates/node/src/stop.js: change it there, then run node scripts/copy-templates.mjs.

/** How long requests in flight may take after a TERM before their connections are cut. */
const DRAIN_MS = 1000

/** Ends the process on a TERM. @param close takes no more connections, and resolves when what was asked is answered */
export function stopOnTerm(close) {
  process.once('SIGTERM', async () => {
    setTimeout(() => process.exit(0), DRAIN_MS)
    await close()
    process.exit(0)
  })
}
