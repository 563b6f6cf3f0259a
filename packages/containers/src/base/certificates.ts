import { createHash, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { rootCertificates } from 'node:tls'

/** A certificate authority that this machine trusts and the distribution does not bring. */
export interface PrivateCertificate {
  /** its file name in the base image: `bakeoff-1f2e3d4c5b6a7988.crt` */
  readonly fileName: string
  readonly pem: string
  /** `CN=Example Root, O=Example` */
  readonly subject: string
  /** SHA-256, upper-case hexadecimal with colons */
  readonly fingerprint: string
  /** the file it was found in */
  readonly from: string
}

/** The files in which certificates are looked for. */
export interface CertificatePlaces {
  /** files with certificates that an administrator or user added; files that do not exist are skipped */
  readonly added: readonly string[]
  /** files with the certificates that the distribution brings */
  readonly distribution: readonly string[]
}

/** The private certificates of this machine. */
export function privateCertificates(
  env: Readonly<Record<string, string | undefined>> = process.env,
): PrivateCertificate[] {
  return selectPrivate(certificatePlaces(env), readText)
}

/** A digest that tells sets of private certificates apart: `none`, or 16 hexadecimal digits. */
export function certificatesDigest(certificates: readonly PrivateCertificate[]): string {
  if (certificates.length === 0) return 'none'
  const fingerprints = certificates.map(({ fingerprint }) => fingerprint).sort()
  return createHash('sha256').update(fingerprints.join('\n')).digest('hex').slice(0, 16)
}

/**
 * The added certificates that the distribution does not bring, each once, in a stable order.
 *
 * The distribution's own set is what counts: against Node's list of roots some of Debian's would look private. Where
 * there is no such set (macOS) Node's list is used instead; a few public roots too many do no harm.
 */
export function selectPrivate(places: CertificatePlaces, read: (path: string) => string | null): PrivateCertificate[] {
  const brought = places.distribution.flatMap((path) => certificatesIn(read(path)))
  const publicOnes = brought.length > 0 ? brought : rootCertificates.flatMap(certificatesIn)
  const known = new Set(publicOnes.map(({ certificate }) => certificate.fingerprint256))
  const found = new Map<string, PrivateCertificate>()
  for (const from of places.added) {
    for (const { certificate, pem } of certificatesIn(read(from))) {
      const fingerprint = certificate.fingerprint256
      if (known.has(fingerprint) || found.has(fingerprint)) continue
      const fileName = `bakeoff-${fingerprint.replaceAll(':', '').slice(0, 16).toLowerCase()}.crt`
      found.set(fingerprint, { fileName, pem, fingerprint, from, subject: certificate.subject.split('\n').join(', ') })
    }
  }
  return [...found.values()].sort((a, b) => (a.fileName < b.fileName ? -1 : 1))
}

/** The usual places: Debian's folder for local certificates, and what Node, OpenSSL, npm and pip were told to trust. */
function certificatePlaces(env: Readonly<Record<string, string | undefined>>): CertificatePlaces {
  const home = env.HOME ?? homedir()
  const npmFiles = [join(home, '.npmrc'), join(dirname(dirname(process.execPath)), 'etc', 'npmrc'), '/etc/npmrc']
  const pipFiles = [join(home, '.config', 'pip', 'pip.conf'), join(home, '.pip', 'pip.conf'), '/etc/pip.conf']
  const named = [
    env.NODE_EXTRA_CA_CERTS,
    env.SSL_CERT_FILE,
    env.NPM_CONFIG_CAFILE ?? env.npm_config_cafile,
    ...npmFiles.map((file) => setting(readText(file), 'cafile')),
    env.PIP_CERT,
    ...pipFiles.map((file) => setting(readText(file), 'cert')),
  ]
  return {
    added: [
      ...filesBelow('/usr/local/share/ca-certificates'),
      ...new Set(named.filter((path): path is string => path !== undefined && path !== null && path !== '')),
    ],
    distribution: filesBelow('/usr/share/ca-certificates/mozilla'),
  }
}

/** All certificates of a PEM file. A block that is not a certificate is skipped: it could not be installed either. */
function certificatesIn(text: string | null): { certificate: X509Certificate; pem: string }[] {
  const blocks = text?.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []
  return blocks.flatMap((block) => {
    try {
      const certificate = new X509Certificate(block)
      return [{ certificate, pem: certificate.toString() }]
    } catch {
      return []
    }
  })
}

/** `name = value` of an ini file. */
function setting(text: string | null, name: string): string | null {
  const value = new RegExp(`^\\s*${name}\\s*=\\s*(.+?)\\s*$`, 'm').exec(text ?? '')?.[1]
  return value?.replace(/^(["'])(.*)\1$/, '$2').replace(/^~(?=\/)/, homedir()) ?? null
}

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((item) => !item.isDirectory() && item.name.endsWith('.crt'))
      .map((item) => join(item.parentPath ?? item.path, item.name))
      .sort()
  } catch {
    return []
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
