import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { selectPrivate } from '../src/base/certificates.js'
import { findProgram } from '../src/engine/command.js'

describe.skipIf(findProgram('openssl', process.env) === null)('the private certificates of a machine', () => {
  let folder: string
  let company: string
  let debian: string
  let other: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bakeoff-certificates-'))
    ;[company, debian, other] = ['Company Root', 'Debian Root', 'Other Root'].map(makeAuthority) as [
      string,
      string,
      string,
    ]
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const select = (files: Record<string, string>) =>
    selectPrivate(
      {
        added: ['/usr/local/share/company.crt', '/etc/ssl/bundle.pem', '/not/there.pem'],
        distribution: ['/usr/share/debian.crt', '/usr/share/gone.crt'],
      },
      (path) => files[path] ?? null,
    ).map(({ subject }) => subject)

  it('are those that were added', () => {
    expect(select({ '/usr/local/share/company.crt': company, '/usr/share/debian.crt': debian })).toEqual([
      'CN=Company Root',
    ])
  })

  it("are none of a bundle with the distribution's own", () => {
    const bundle = `# comment\n${debian}\n${company}`
    expect(select({ '/etc/ssl/bundle.pem': bundle, '/usr/share/debian.crt': debian })).toEqual(['CN=Company Root'])
    expect(select({ '/etc/ssl/bundle.pem': debian, '/usr/share/debian.crt': debian })).toEqual([])
  })

  it('are each taken once, and all of a file', () => {
    const found = select({
      '/usr/local/share/company.crt': company,
      '/etc/ssl/bundle.pem': company.replaceAll('\n', '\r\n') + other,
      '/usr/share/debian.crt': debian,
    })
    expect(found.sort()).toEqual(['CN=Company Root', 'CN=Other Root'])
  })

  it("are compared with Node's roots where there is no distribution's set", () => {
    const bundle = [...rootCertificates.slice(0, 3), company].join('\n')
    expect(select({ '/etc/ssl/bundle.pem': bundle })).toEqual(['CN=Company Root'])
  })

  it('are never broken ones', () => {
    const broken = '-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n'
    expect(select({ '/etc/ssl/bundle.pem': broken + company, '/usr/share/debian.crt': debian })).toEqual([
      'CN=Company Root',
    ])
  })

  it('have names that follow from what they are', () => {
    const [found] = selectPrivate({ added: ['a'], distribution: ['d'] }, (path) => (path === 'a' ? company : debian))
    const fingerprint = new X509Certificate(company).fingerprint256
    expect(found).toMatchObject({
      fingerprint,
      from: 'a',
      fileName: `bakeoff-${fingerprint.replaceAll(':', '').slice(0, 16).toLowerCase()}.crt`,
    })
    expect(new X509Certificate(found?.pem ?? '').fingerprint256).toBe(fingerprint)
  })

  function makeAuthority(name: string): string {
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
    const args = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      key,
      '-out',
      certificate,
    ]
    execFileSync('openssl', args, { stdio: 'ignore' })
    return readFileSync(certificate, 'utf8')
  }
})
