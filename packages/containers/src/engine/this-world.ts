import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import type { EngineWorld } from './candidates.js'

/** The real world: this process's environment, its user's home, the file system. */
export function thisWorld(): EngineWorld {
  return {
    env: process.env,
    home: homedir(),
    platform: process.platform,
    uid: process.getuid?.() ?? null,
    exists: existsSync,
    readText: (path) => {
      try {
        return readFileSync(path, 'utf8')
      } catch {
        return null
      }
    },
  }
}
