import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RepetitionRecord, RunEvent } from '@bakeoff/model'
import { listRuns, RunFolder } from '../../src/run-folder.js'

export const checkout = new URL('../../../..', import.meta.url).pathname

/** Short enough for a test, long enough to be interrupted: figures do not matter here. */
const MATRIX = `seed: 1
profiles:
  default:
    budget: 5m
    repetitions: { min: 1, max: 1 }
    warmUp: { min: 500ms, max: 1s }
    window: 1s
    secondInstrument: false
  quick:
    budget: 5m
    repetitions: { min: 1, max: 1 }
    warmUp: { min: 500ms, max: 1s }
    window: 1s
    secondInstrument: false
    onlyMainLoad: true
  # Three loads, two fresh starts: there is always something before the moment of a test, and something after it.
  long:
    budget: 5m
    repetitions: { min: 2, max: 2 }
    warmUp: { min: 500ms, max: 1s }
    window: 2s
    secondInstrument: false
`

/** The parts of compose/ that predict and its targets need. */
const PARTS = ['base', 'toolchains', 'runtimes', 'null-server', 'predict', 'predict.yaml', 'predict-uncapped.yaml']

/** A project of its own in a temporary folder: the scenarios of one target, reports and lock apart from everybody else's. */
export class TestProject {
  readonly root = mkdtempSync(join(tmpdir(), 'bakeoff-lifecycle-'))
  readonly reports = join(this.root, 'reports-elsewhere')
  readonly locks = join(this.root, 'locks')

  /** @param more targets, and parts of compose/ that they need, beside the usual one */
  constructor({
    targets = [],
    parts = [],
  }: { readonly targets?: readonly string[]; readonly parts?: readonly string[] } = {}) {
    for (const part of [...PARTS, ...parts]) this.#copy('compose', part)
    for (const target of ['go-net-http', ...targets]) this.#copy('targets', target)
    const scenario = join(this.root, 'compose', 'predict.yaml')
    const loads = 'load: { closed: [1, 64], rate: [100] }'
    writeFileSync(scenario, readFileSync(scenario, 'utf8').replace(/load: \{.*\}/, loads))
    writeFileSync(join(this.root, 'matrix.yaml'), MATRIX)
  }

  get environment(): Record<string, string> {
    return { BAKEOFF_ROOT: this.root, BAKEOFF_REPORTS: this.reports, BAKEOFF_LOCK_FOLDER: this.locks }
  }

  /** Adds a target that is right in everything but its answer: the shipped server, with as many other letters in it. */
  addWrongTarget(name: string): void {
    this.#addTarget(
      name,
      `FROM bakeoff/base
COPY --from=bakeoff/target/go-net-http /usr/local/bin/server /usr/local/bin/server
RUN LC_ALL=C sed -i s/Iris-Setosa/Iris-Wrongs/ /usr/local/bin/server
USER 10001:10001
ENTRYPOINT ["/usr/local/bin/server"]
`,
    )
  }

  /** Adds a target whose image cannot be built. */
  addBrokenTarget(name: string): void {
    this.#addTarget(name, 'FROM bakeoff/base\nRUN echo "the compiler says no" && exit 4\n')
  }

  /** Adds a target without a Dockerfile. */
  addBareTarget(name: string): void {
    this.#addTarget(name, null)
  }

  /** Without a null server the agent cannot be calibrated, and nothing can be measured. Returns the way back. */
  breakNullServer(): () => void {
    const path = join(this.root, 'compose/null-server/Dockerfile')
    const whole = readFileSync(path, 'utf8')
    writeFileSync(path, 'FROM bakeoff/base\nRUN exit 5\n')
    return () => writeFileSync(path, whole)
  }

  removeTarget(name: string): void {
    rmSync(join(this.root, 'targets', name), { recursive: true })
  }

  /** Ids of runs, newest first. */
  runs(): string[] {
    return listRuns(this.reports)
  }

  /** What there is in the folder of reports, whatever it is. */
  reportFiles(): string[] {
    try {
      return readdirSync(this.reports).sort()
    } catch {
      return []
    }
  }

  events(run: string): RunEvent[] {
    return this.folder(run).readEvents()
  }

  records(run: string): readonly RepetitionRecord[] {
    return this.folder(run).readRecords()
  }

  folder(run: string): RunFolder {
    return RunFolder.open(join(this.reports, run))
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true })
  }

  #addTarget(name: string, dockerfile: string | null): void {
    const folder = join(this.root, 'targets', name)
    mkdirSync(folder)
    cpSync(join(this.root, 'targets/go-net-http/target.yaml'), join(folder, 'target.yaml'))
    if (dockerfile !== null) writeFileSync(join(folder, 'Dockerfile'), dockerfile)
  }

  #copy(folder: string, part: string): void {
    cpSync(join(checkout, folder, part), join(this.root, folder, part), { recursive: true })
  }
}
