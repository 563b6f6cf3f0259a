import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { checkout, type TestProject } from './project.js'

const MAIN = join(checkout, 'packages/cli/dist/main.js')

type ProjectUnderTest = Pick<TestProject, 'root' | 'environment'>

/** A command of the compiled program, as scripts/bootstrap.mjs starts it: no terminal, nothing to read. */
export interface Started {
  readonly pid: number
  /** in the environment of the process and of all that it starts */
  readonly token: string
  readonly ended: Promise<Ended>
  /** what it said so far, for messages of failed expectations */
  said(): string
  kill(signal: NodeJS.Signals): void
}

export interface Ended {
  /** null when a signal ended it */
  readonly exitCode: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

const started = new Set<Started>()

/** Builds what is not built yet: the program under test is the compiled one. */
export async function buildProgram(): Promise<void> {
  await execa(process.execPath, [join(checkout, 'scripts/bootstrap.mjs'), 'list'], { cwd: checkout, stdin: 'ignore' })
}

export function start(project: ProjectUnderTest, args: readonly string[]): Started {
  const token = `lifecycle-${randomBytes(8).toString('hex')}`
  // stdin is closed, not empty: programs that are started by cron and the like find it so.
  const child = execa('/bin/sh', ['-c', 'exec "$0" "$@" <&-', process.execPath, MAIN, ...args], {
    cwd: project.root,
    env: { ...project.environment, BAKEOFF_TEST_RUN: token },
    reject: false,
    forceKillAfterDelay: false, // or a SIGTERM becomes a SIGKILL that nobody sent
  })
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const one: Started = {
    pid: child.pid as number,
    token,
    ended: child
      .then(({ exitCode, signal, stdout, stderr }) => ({
        exitCode: exitCode ?? null,
        signal: signal ?? null,
        stdout,
        stderr,
      }))
      .finally(() => started.delete(one)),
    said: () => stderr,
    kill: (signal) => void child.kill(signal),
  }
  started.add(one)
  return one
}

/** From start to end. */
export function run(project: ProjectUnderTest, ...args: string[]): Promise<Ended> {
  return start(project, args).ended
}

/** Ends what a failed test left running. */
export async function endAll(): Promise<void> {
  const left = [...started]
  for (const one of left) one.kill('SIGTERM')
  await Promise.all(left.map(({ ended }) => ended))
}

/** Processes that were started by it and still run, itself included. */
export async function processesOf({ token }: Started): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const mine = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '') // a zombie's is empty
      return environment.includes(token)
    }),
  )
  return pids.filter((_, index) => mine[index])
}

/** Polls until it holds, or the command has ended without it. */
export async function until(holds: () => boolean | Promise<boolean>, what: string, command?: Started): Promise<void> {
  let over = false
  void command?.ended.then(() => {
    over = true
  })
  for (const deadline = Date.now() + 180_000; !(await holds()); await sleep(50)) {
    if (over) throw new Error(`it ended before ${what}; it said:\n${command?.said()}`)
    if (Date.now() > deadline) throw new Error(`not in time: ${what}; it said:\n${command?.said()}`)
  }
}
