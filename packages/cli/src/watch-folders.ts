/** Watches folders for changes of their files. */
import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { LEFT_OUT } from './target-files.js'

/** A change is over when nothing has changed for so long: editors write a file in several steps. */
const QUIET_MS = 300

/** What is watched nowhere: what builds leave, what git and Bakeoff write. */
const UNWATCHED: ReadonlySet<string> = new Set([...LEFT_OUT, '.git', '.bakeoff', 'reports'])

/**
 * Folders under watch, with all that is below them. Node's own recursive watching would follow `node_modules` too, and a machine has
 * only so many watches.
 */
export class FolderWatch implements Disposable {
  readonly #watchers = new Map<string, FSWatcher>()
  readonly #changed = new Set<string>()
  /** how many changes there were */
  #changes = 0
  #wake: () => void = () => {}

  constructor(folders: readonly string[]) {
    this.add(folders)
  }

  /** Watches more folders. */
  add(folders: readonly string[]): void {
    for (const folder of folders) this.#add(folder)
  }

  /** Watches the files of a folder, and none below it. */
  addFlat(folder: string): void {
    this.#add(folder, false)
  }

  /**
   * Settles when something has changed since the last call, or since the watch began, and then nothing for a moment.
   *
   * @returns the paths that have changed
   * @throws the signal's reason
   */
  async next(signal: AbortSignal): Promise<string[]> {
    for (;;) {
      signal.throwIfAborted()
      if (this.#changed.size === 0) await this.#woken(signal)
      const before = this.#changes
      await sleep(QUIET_MS, undefined, { signal }).catch(() => signal.throwIfAborted())
      if (this.#changes === before) break
    }
    const changed = [...this.#changed].sort()
    this.#changed.clear()
    return changed
  }

  [Symbol.dispose](): void {
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
  }

  #woken(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = () => reject(signal.reason)
      signal.addEventListener('abort', stop, { once: true })
      this.#wake = () => {
        signal.removeEventListener('abort', stop)
        resolve()
      }
    })
  }

  #add(folder: string, isDeep = true): void {
    if (this.#watchers.has(folder)) return
    try {
      const watcher = watch(folder, (_event, name) => this.#note(folder, name, isDeep))
      watcher.on('error', () => this.#forget(folder)) // it was removed
      this.#watchers.set(folder, watcher)
      if (!isDeep) return
      for (const entry of readdirSync(folder, { withFileTypes: true }))
        if (entry.isDirectory() && !UNWATCHED.has(entry.name)) this.#add(join(folder, entry.name))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error // gone meanwhile
    }
  }

  #note(folder: string, name: string | null, isDeep: boolean): void {
    if (name !== null && UNWATCHED.has(name)) return
    const path = name === null ? folder : join(folder, name)
    const facts = statSync(path, { throwIfNoEntry: false })
    if (facts?.isDirectory() && path !== folder) {
      if (!isDeep) return
      this.#add(path)
    }
    if (facts === undefined) this.#forget(path)
    this.#changed.add(path)
    this.#changes++
    this.#wake()
  }

  #forget(folder: string): void {
    this.#watchers.get(folder)?.close()
    this.#watchers.delete(folder)
  }
}
