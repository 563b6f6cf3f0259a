/** The code of `later.ts`, which stands packed in the page: read and run once, when something asks for it. */
import { unpacked } from './unpacked.js'

export type Later = typeof import('./later.js')

let later: Promise<Later> | null = null

export function laterCode(root: Document): Promise<Later> {
  later ??= run(root)
  return later
}

/** The page's policy names this code by its digest, as it names the script that runs at once. */
async function run(root: Document): Promise<Later> {
  const packed = root.getElementById('later')?.textContent
  if (!packed) throw new Error('The page holds no later code')
  const script = root.createElement('script')
  script.textContent = await (await unpacked(packed)).text()
  root.head.append(script)
  script.remove()
  const { bakeoffLater } = globalThis as unknown as { bakeoffLater?: Later }
  if (bakeoffLater === undefined) throw new Error('The later code did not run')
  return bakeoffLater
}
