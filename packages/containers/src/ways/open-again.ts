import type { FoundEngine } from '../client/endpoint.js'
import { removePrivateFolder } from './private-folder.js'
import { openTunnel } from './tunnel.js'

/** A way that a process which has died had open; a tunnel is opened anew, and what the dead process left of its own is removed. */
export async function openAgain(before: FoundEngine): Promise<AsyncDisposable & { readonly found: FoundEngine }> {
  const { endpoint, tunnel } = before
  if (tunnel === undefined) return { found: before, async [Symbol.asyncDispose]() {} }
  await removePrivateFolder(endpoint.replace(/^unix:\/\//, ''))
  return openTunnel(tunnel)
}
