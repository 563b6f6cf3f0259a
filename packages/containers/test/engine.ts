import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { type Engine, ensureBase, ensureEngine } from '../src/index.js'
import { type RawEngine, rawEngine } from './raw-engine.js'

export const root = resolve(import.meta.dirname, '../../..')

/** What tests have of an engine. */
export interface EngineUnderTest extends Engine {
  readonly docker: RawEngine
  /** id of the base image */
  readonly image: string
}

/** The engine of this machine with the base image on it, both set up when they are not there. */
export async function engineUnderTest(): Promise<EngineUnderTest> {
  const say = (line: string): void => console.log(line)
  const engine = await ensureEngine({ say, ask: null, env: process.env })
  const base = await ensureBase(engine.client, { composeBaseFolder: resolve(root, 'compose/base'), say })
  return { ...engine, docker: rawEngine(engine.client), image: base.id }
}

/** For sessions of tests that build nothing. */
const none = () => Promise.reject(new Error('no images here'))
export const noImages = { ensureImage: none, lookUpImage: none, findImage: none }

/** Programs that are processes of their own (the watchdog, fixtures) are taken from dist. */
export async function buildDist(): Promise<void> {
  const compiler = resolve(root, 'node_modules/typescript/bin/tsc')
  await promisify(execFile)(process.execPath, [compiler, '-b', resolve(root, 'packages/containers')], { cwd: root })
}
