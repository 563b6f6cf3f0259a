/** X.509 certificates on P-256, written by the letter of RFC 5280 (DER, X.690): Node can sign, and has no call that makes one. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

export interface CertificateRequest {
  /** common name of the subject */
  readonly subject: string
  /** names of hosts that it is for; none: it is an authority's own */
  readonly hosts: readonly string[]
  readonly fromMs: number
  readonly toMs: number
}

/** A certificate with its key. */
export interface Certified {
  readonly subject: string
  readonly certificatePem: string
  readonly key: KeyObject
  /** tells its public key from others; certificates by it name it */
  readonly keyId: Buffer
}

/**
 * Makes a key and a certificate for it.
 *
 * @param issuer signs it; null: it signs itself, and may sign others
 */
export function certify({ subject, hosts, fromMs, toMs }: CertificateRequest, issuer: Certified | null): Certified {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const keyId = createHash('sha1').update(spki).digest()
  const extensions = [
    extension('551d13', issuer === null ? sequence(TRUE) : sequence(), 'critical'), // basicConstraints: cA
    extension('551d0f', issuer === null ? KEY_CERT_SIGN : DIGITAL_SIGNATURE, 'critical'), // keyUsage
    extension('551d0e', der(OCTET_STRING, keyId)), // subjectKeyIdentifier
    extension('551d23', sequence(der(0x80, issuer?.keyId ?? keyId))), // authorityKeyIdentifier: keyIdentifier
    ...(hosts.length === 0
      ? []
      : [
          extension('551d11', sequence(...hosts.map((host) => der(0x82, Buffer.from(host))))), // subjectAltName: dNSName
          extension('551d25', sequence(oid('2b06010505070301'))), // extKeyUsage: serverAuth
        ]),
  ]
  const toSign = sequence(
    der(0xa0, integer(Buffer.from([2]))), // version 3
    integer(serialNumber()),
    ECDSA_WITH_SHA256,
    nameOf(issuer?.subject ?? subject),
    sequence(time(fromMs), time(toMs)),
    nameOf(subject),
    spki,
    der(0xa3, sequence(...extensions)),
  )
  const signature = sign('sha256', toSign, issuer?.key ?? privateKey)
  const certificate = sequence(toSign, ECDSA_WITH_SHA256, der(BIT_STRING, Buffer.from([0]), signature))
  return { subject, certificatePem: pem(certificate), key: privateKey, keyId }
}

const [INTEGER, BIT_STRING, OCTET_STRING, OBJECT_ID, UTF8, UTC_TIME, GENERALIZED_TIME] = [2, 3, 4, 6, 12, 23, 24]
const ECDSA_WITH_SHA256 = sequence(oid('2a8648ce3d040302'))
const TRUE = Buffer.from('0101ff', 'hex')
/** Bit strings of keyUsage: bit 5, and bit 0. */
const KEY_CERT_SIGN = Buffer.from('03020204', 'hex')
const DIGITAL_SIGNATURE = Buffer.from('03020780', 'hex')

/** Tag, length, content. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([tag]), lengthOf(content), content])
}

function lengthOf({ length }: Buffer): Buffer {
  if (length < 0x80) return Buffer.from([length])
  const bytes = length < 0x100 ? [length] : [length >> 8, length & 0xff]
  return Buffer.from([0x80 | bytes.length, ...bytes])
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts)
}

function oid(hex: string): Buffer {
  return der(OBJECT_ID, Buffer.from(hex, 'hex'))
}

function integer(bytes: Buffer): Buffer {
  return der(INTEGER, bytes)
}

/** A set of one attribute, the common name. */
function nameOf(commonName: string): Buffer {
  return sequence(der(0x31, sequence(oid('550403'), der(UTF8, Buffer.from(commonName)))))
}

function extension(id: string, value: Buffer, critical?: 'critical'): Buffer {
  return sequence(oid(id), ...(critical ? [TRUE] : []), der(OCTET_STRING, value))
}

/** Years before 2050 have two digits. */
function time(ms: number): Buffer {
  const text = `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`
  return Number(text.slice(0, 4)) < 2050
    ? der(UTC_TIME, Buffer.from(text.slice(2)))
    : der(GENERALIZED_TIME, Buffer.from(text))
}

/** Positive and without a leading zero, as DER wants it. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] as number) & 0x3f) | 0x40
  return bytes
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
