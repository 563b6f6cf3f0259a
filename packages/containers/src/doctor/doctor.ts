import { statfs } from 'node:fs/promises'
import { BakeoffError, type HostFacts, isAborted } from '@bakeoff/model'
import { privateCertificates } from '../base/certificates.js'
import { baseName } from '../base/names.js'
import { localImage } from '../building/lookup.js'
import type { EngineClient } from '../client/client.js'
import { connect } from '../client/connect.js'
import { findProgram } from '../engine/command.js'
import { describedEngine, type Engine } from '../engine/ensure.js'
import { findEngine } from '../engine/find.js'
import type { DoctorFindings } from './checks.js'

export interface DoctorOptions {
  readonly host: HostFacts
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal | undefined
}

/** The findings of doctor, and the engine itself for further questions. */
export interface Diagnosis {
  readonly findings: DoctorFindings
  /** null: there is no usable engine */
  readonly engine: Engine | null
}

/** Looks at this machine and its engine. Changes nothing, sets nothing up, and never fails for what it finds. */
export async function diagnose({ host, env = process.env, signal }: DoctorOptions): Promise<Diagnosis> {
  const common = { host, certificates: privateCertificates(env), chromium: findChromium(env) }
  const nothing = { ...common, engine: null, engineDiskFreeBytes: null, base: null, holes: [] }
  try {
    const found = await findEngine({ env, signal })
    if (found === null) return { findings: { ...nothing, engineProblem: null }, engine: null }
    const engine = await describedEngine(connect(found), signal)
    const { client, facts, holes } = engine
    const [base, engineDiskFreeBytes] = await Promise.all([
      localImage(client, baseName),
      facts.sameKernel ? freeBytes(client) : null,
    ])
    return { findings: { ...common, engine: facts, engineProblem: null, engineDiskFreeBytes, holes, base }, engine }
  } catch (error) {
    if (!(error instanceof BakeoffError) || isAborted(error)) throw error
    return { findings: { ...nothing, engineProblem: error }, engine: null }
  }
}

/** Free bytes on the disk that the engine keeps images on; null where they cannot be read from here. */
async function freeBytes(client: EngineClient): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs((await client.info()).DockerRootDir ?? '')
    return bavail * bsize
  } catch {
    return null // not readable for this user
  }
}

function findChromium(env: Readonly<Record<string, string | undefined>>): string | null {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']) {
    const path = findProgram(name, env)
    if (path !== null) return path
  }
  return null
}
