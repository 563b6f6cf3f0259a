/** Programs that tests need and this machine may lack. With apt and root they are set up like everything else. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const inPath = (name) => (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name))

const TOOLS = [
  {
    what: 'Chromium for the tests of the report',
    paths: chromiums,
    packages: ['chromium'],
    otherwise: 'install it, or set BAKEOFF_CHROMIUM to its path; the browser tests fail without it.',
  },
  {
    what: "a C compiler for the truth server of the load agent's tests",
    paths: () => inPath('cc'),
    packages: ['gcc', 'libc6-dev'],
    otherwise: 'install one that is called cc; the timing tests fail without it.',
  },
  {
    what: 'wrk for the tests of the second instrument',
    paths: () => inPath('wrk'),
    packages: ['wrk'],
    otherwise: 'install it; its tests are left out without it.',
  },
  {
    what: "OpenSSH's server for the tests of several machines",
    paths: () => [...inPath('sshd'), '/usr/sbin/sshd'],
    packages: ['openssh-server', 'openssh-client'],
    otherwise: 'install it; the tests of ways by ssh fail without it.',
  },
]

/** Where a Chromium, or a Chrome, may be. */
function chromiums() {
  return process.env.BAKEOFF_CHROMIUM
    ? [process.env.BAKEOFF_CHROMIUM]
    : ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
}

/** The browser of the tests; where none is found, where one is looked for first. @returns {string} */
export function chromium() {
  return chromiums().find((path) => existsSync(path)) ?? chromiums()[0]
}

/** How it is started: without a window, as root, and asking no network of its own accord. */
export const chromiumArgs = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Installs what is missing, all at once; says what stays missing and what that costs. */
export function ensureTools() {
  const isMissing = ({ paths }) => !paths().some((path) => existsSync(path))
  const missing = TOOLS.filter(isMissing)
  if (missing.length === 0) return
  if (process.env.BAKEOFF_NO_SETUP !== '1' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    process.stderr.write(`Installing ${missing.map(({ what }) => what).join(', ')} …\n`)
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const packages = missing.flatMap((tool) => tool.packages)
    for (const args of [
      ['-qq', 'update'],
      ['-qq', 'install', '-y', '--no-install-recommends', ...packages],
    ])
      spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env })
  }
  for (const { what, otherwise } of missing.filter(isMissing))
    process.stderr.write(`There is no ${what.replace(/^an? /, '')}: ${otherwise}\n`)
}
