export { type CertificatePlaces, type PrivateCertificate, privateCertificates, selectPrivate } from './certificates.js'
export { type BaseImage, type BaseOptions, type BaseOrigin, baseName, ensureBase } from './ensure.js'
