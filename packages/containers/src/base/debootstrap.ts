import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { aborted, BakeoffError, isAborted } from '@bakeoff/model'
import { execa } from 'execa'
import type { EngineClient } from '../client/client.js'
import { sentenceOf } from '../client/errors.js'
import { findProgram, runCommand } from '../engine/command.js'
import { defaultStateFolder, installPackages } from '../engine/setup.js'
import { makeScratch, removeScratch } from './scratch.js'
import { type DebianMirrors, debianMirrors } from './sources.js'

/** The release that everything is built on. */
export const release = 'trixie'

export interface DebootstrapOptions {
  readonly client: EngineClient
  /** `bakeoff/debian` and `trixie` */
  readonly repo: string
  readonly tag: string
  /** labels of the imported image */
  readonly labels: Readonly<Record<string, string>>
  /** PEM: a mirror behind https may be signed by a private authority */
  readonly certificates: readonly string[]
  readonly say: (line: string) => void
  readonly signal?: AbortSignal | undefined
}

/**
 * Makes a Debian image without a registry: debootstrap from the mirror that this machine's apt uses, imported into the
 * engine. Needs root and apt.
 *
 * @throws BakeoffError SETUP_FAILED with the last lines of the step that failed
 */
export async function importDebian(options: DebootstrapOptions): Promise<void> {
  const missing = missingPackages()
  if (missing.length > 0) await installPackages(missing, options)
  const mirrors = hostMirrors()
  // Not in /tmp, which may be mounted without devices or execution.
  const scratch = await makeScratch(defaultStateFolder)
  const root = join(scratch, 'root')
  try {
    await debootstrap(root, mirrors, options)
    await writeSettings(root, mirrors ?? mirrorsOf(root), options)
    await importTree(root, options)
  } finally {
    await removeScratch(scratch)
  }
}

/** The packages debootstrap itself, and those it checks signatures with: it only recommends them, and Debian 13 may come without. */
function missingPackages(): string[] {
  const packages: [name: string, present: boolean][] = [
    ['debootstrap', findProgram('debootstrap', process.env) !== null],
    ['gpgv', findProgram('gpgv', process.env) !== null],
    ['debian-archive-keyring', existsSync('/usr/share/keyrings/debian-archive-keyring.gpg')],
  ]
  return packages.filter(([, present]) => !present).map(([name]) => name)
}

async function debootstrap(root: string, mirrors: DebianMirrors | null, options: DebootstrapOptions): Promise<void> {
  options.say(`Making a Debian ${release} base image with debootstrap (about half a minute)`)
  const secure = mirrors?.main.startsWith('https:') === true
  const args = [
    '--variant=minbase',
    ...(secure ? ['--include=ca-certificates'] : []),
    release,
    root,
    ...(mirrors ? [mirrors.main] : []),
  ]
  try {
    // It runs in its own mount namespace, so all that it has mounted is gone when it ends, also when it is killed.
    const isolated = await runCommand('unshare', ['--mount', 'true']).then(
      () => true,
      () => false,
    )
    const [command = '', ...rest] = [...(isolated ? ['unshare', '--mount'] : []), 'debootstrap', ...args]
    await runCommand(command, rest, { signal: options.signal })
  } catch (error) {
    if (!(error instanceof BakeoffError) || error.code !== 'SETUP_FAILED') throw error
    throw new BakeoffError('SETUP_FAILED', `debootstrap could not make a Debian ${release}`, {
      hint: 'Check that this machine can install packages (apt-get update), or make an image registry reachable.',
      logTail: error.logTail,
      cause: error,
    })
  }
  if (secure && options.certificates.length > 0) {
    await appendFile(join(root, 'etc/ssl/certs/ca-certificates.crt'), options.certificates.join('\n'))
  }
}

/** The settings of the published slim image: suites with updates, no docs or locales, no daemons started. */
async function writeSettings(root: string, mirrors: DebianMirrors, options: DebootstrapOptions): Promise<void> {
  const put = (path: string, text: string, mode = 0o644): void => writeFileSync(join(root, path), text, { mode })
  const security = mirrors.security ?? mirrors.main.replace(/debian$/, 'debian-security')
  const suites: [uri: string, suite: string][] = []
  for (const [uri, suite] of [
    [mirrors.main, `${release}-updates`],
    [security, `${release}-security`],
  ] as const) {
    if (await hasSuite(uri, suite, join(root, '..'), options.signal)) suites.push([uri, suite])
    else options.say(`The mirror has no ${suite}: the base image goes without`)
  }
  const stanza = (uri: string, names: string): string =>
    `Types: deb\nURIs: ${uri}\nSuites: ${names}\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n`
  rmSync(join(root, 'etc/apt/sources.list'), { force: true })
  put(
    'etc/apt/sources.list.d/debian.sources',
    [stanza(mirrors.main, release), ...suites.map(([uri, suite]) => stanza(uri, suite))].join('\n'),
  )
  put('etc/dpkg/dpkg.cfg.d/docker', DPKG_SETTINGS)
  put('etc/apt/apt.conf.d/docker', 'Acquire::Languages "none";\nAPT::Install-Recommends "false";\n')
  put('usr/sbin/policy-rc.d', '#!/bin/sh\nexit 101\n', 0o755)
  put('etc/machine-id', '')
  for (const path of ['etc/resolv.conf', 'etc/hostname']) rmSync(join(root, path), { force: true })
}

const DPKG_SETTINGS = [
  'path-exclude /usr/share/doc/*',
  'path-include /usr/share/doc/*/copyright',
  ...['man', 'groff', 'info', 'lintian', 'linda', 'locale'].map((folder) => `path-exclude /usr/share/${folder}/*`),
  'force-unsafe-io',
  '',
].join('\n')

const LEFT_OUT = [
  ...[
    'var/cache/apt',
    'var/lib/apt/lists',
    'var/log',
    'usr/share/doc',
    'usr/share/man',
    'usr/share/info',
    'usr/share/locale',
  ],
  ...['dev', 'proc', 'sys', 'tmp', 'run'],
].map((folder) => `--exclude=./${folder}/*`)

async function importTree(root: string, options: DebootstrapOptions): Promise<void> {
  const { client, repo, tag, signal = new AbortController().signal } = options
  const tar = execa(
    'tar',
    [
      '--sort=name',
      '--numeric-owner',
      '--one-file-system',
      '--exclude=./var/cache/debconf/*-old',
      ...LEFT_OUT,
      '-C',
      root,
      '-c',
      '.',
    ],
    {
      stdin: 'ignore',
      buffer: { stdout: false },
      reject: false,
      cancelSignal: signal,
    },
  )
  const changes = [
    'CMD ["/bin/sh"]',
    'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    'ENV LANG=C.UTF-8',
    ...Object.entries(options.labels).map(([name, value]) => `LABEL ${name}="${value}"`),
  ]
  try {
    const reference = `${repo}:${tag}`
    for await (const _event of client.images.import({ reference, tar: tar.stdout, changes, signal })) {
      // each is a line of progress; an error throws
    }
  } catch (cause) {
    if (signal.aborted) throw aborted('while importing the base image', cause)
    if (cause instanceof BakeoffError) throw cause
    throw new BakeoffError('SETUP_FAILED', `the engine did not take the base image: ${sentenceOf(cause)}`, { cause })
  }
  const packed = await tar
  if (packed.failed) {
    await client.images.remove(`${repo}:${tag}`).catch(() => undefined) // an incomplete image is worse than none
    throw new BakeoffError('SETUP_FAILED', 'the base image could not be packed', {
      logTail: packed.stderr.split('\n').slice(-20),
    })
  }
}

/** A script that downloads with apt's own program, through the proxies and certificates that apt is set up with. */
async function hasSuite(
  uri: string,
  suite: string,
  scratch: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    await runCommand(
      '/usr/lib/apt/apt-helper',
      ['download-file', `${uri}/dists/${suite}/InRelease`, join(scratch, suite)],
      {
        signal,
      },
    )
    return true
  } catch (error) {
    if (isAborted(error)) throw error
    return false
  }
}

function hostMirrors(): DebianMirrors | null {
  return debianMirrors(
    ['/etc/apt/sources.list', ...listed('/etc/apt/sources.list.d')].map((path) => ({ name: path, text: textOf(path) })),
  )
}

/** The mirror that debootstrap used and wrote down: where the host is not Debian, its own default. */
function mirrorsOf(root: string): DebianMirrors {
  const path = join(root, 'etc/apt/sources.list')
  const found = debianMirrors([{ name: path, text: textOf(path) }])
  if (found) return found
  throw new BakeoffError('SETUP_FAILED', 'debootstrap left no mirror in the base image', {
    hint: 'Name a Debian mirror in /etc/apt/sources.list.d.',
  })
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /\.(?:list|sources)$/.test(name))
      .sort()
      .map((name) => join(folder, name))
  } catch {
    return []
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
