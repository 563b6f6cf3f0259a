import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import type { EngineFacts } from '@bakeoff/model'
import type Docker from 'dockerode'
import { ensureBase, ensureEngine } from '../src/index.js'

export const root = resolve(import.meta.dirname, '../../..')

/** The engine of this machine with the base image on it, both set up when they are not there. */
export async function engineUnderTest(): Promise<{ docker: Docker; facts: EngineFacts; image: string }> {
  const say = (line: string): void => console.log(line)
  const { docker, facts } = await ensureEngine({ say, ask: null, env: process.env })
  const base = await ensureBase(docker, { composeBaseFolder: resolve(root, 'compose/base'), say })
  return { docker, facts, image: base.id }
}

/** For sessions of tests that build nothing. */
const none = () => Promise.reject(new Error('no images here'))
export const noImages = { ensureImage: none, lookUpImage: none, findImage: none }

/** Programs that are processes of their own (the watchdog, fixtures) are taken from dist. */
export async function buildDist(): Promise<void> {
  const compiler = resolve(root, 'node_modules/typescript/bin/tsc')
  await promisify(execFile)(process.execPath, [compiler, '-b', resolve(root, 'packages/containers')], { cwd: root })
}
