import { BakeoffError } from '@bakeoff/model'
import { USUAL_PATIENCE } from '../client/deadlines.js'
import { type FoundEngine, shownPlace } from '../client/endpoint.js'
import type { PingFailure } from '../engine/ping.js'

/** The error of a host whose engine, reached without a tunnel, did not answer its first ping. */
export function unansweredProblem(host: string, found: FoundEngine, failure: PingFailure): BakeoffError {
  const place = shownPlace(found)
  const isLocal = /^(unix|npipe):/.test(found.endpoint)
  const { what, hint } = wordsOf(failure, isLocal, found.tls !== null, addressOf(found.endpoint))
  return new BakeoffError('NO_ENGINE', `host ${host}: ${what} (${place}, from ${found.foundBy})`, { hint })
}

interface Words {
  readonly what: string
  readonly hint: string
}

function wordsOf(failure: PingFailure, isLocal: boolean, isTls: boolean, address: string): Words {
  switch (failure.kind) {
    case 'absent':
      return isLocal
        ? { what: 'no engine listens there', hint: 'Start it, or correct the path in hosts.yaml.' }
        : {
            what: 'the machine answers, and no engine listens at that port',
            hint: `Start the engine there with \`-H tcp://…\`, or correct the port: dockerd uses 2376 with TLS. A firewall may refuse as well. Or reach it by ssh: \`docker: ssh://user@host\`.`,
          }
    case 'forbidden':
      return {
        what: 'the engine does not let this user in',
        hint: 'Add the user to the group of the socket and log in again: sudo usermod -aG docker $USER',
      }
    case 'frozen':
      return {
        what: `no answer to ${USUAL_PATIENCE.pings} pings within ${failure.afterMs / 1000} s each`,
        hint: isLocal
          ? 'The engine is frozen: restart it.'
          : `Either a firewall drops the packets, or the machine or its engine hangs. Try it yourself: curl -m 5 ${isTls ? '-k https' : 'http'}://${address}/_ping`,
      }
    case 'other':
      return otherWords(failure.message.trim(), failure.code, isTls, address)
  }
}

/** Node's codes of names and TLS; whatever else there is, its own words say. */
function otherWords(message: string, code: string | null, isTls: boolean, address: string): Words {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return { what: 'its name is not found', hint: 'Correct the name in hosts.yaml, or write the IP address.' }
  if (/HTTP request to an HTTPS server/i.test(message))
    return {
      what: 'the engine wants TLS',
      hint: 'Write `tls: FOLDER` in hosts.yaml, a folder with ca.pem, cert.pem and key.pem.',
    }
  if (code === 'EPROTO' && /wrong version number|packet length too long/i.test(message))
    return {
      what: 'the engine does not speak TLS',
      hint: 'Give it certificates (docs.docker.com: "Protect the Docker daemon socket"), or reach it by ssh.',
    }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return {
      what: `its certificate is for another name: ${message}`,
      hint: 'Write in hosts.yaml the name or address that the certificate is for, or make a certificate for this one.',
    }
  if (code !== null && /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_.*|CERT_.*)$/.test(code))
    return {
      what: `its certificate is not signed by ca.pem: ${message}`,
      hint: `Use the ca.pem that this engine's certificate was made with. See the certificate: openssl s_client -connect ${address} -showcerts </dev/null`,
    }
  if (isTls && /alert|ECONNRESET|socket hang up|ERR_SSL/i.test(`${code} ${message}`))
    return {
      what: `the engine refuses cert.pem: ${message}`,
      hint: 'Use a client certificate that is signed by the authority which the engine was started with (--tlscacert), and is not expired.',
    }
  return {
    what: `the engine cannot be used: ${message}`,
    hint: `Try it yourself: curl -m 5 ${isTls ? '-k https' : 'http'}://${address}/_ping`,
  }
}

/** `10.0.0.22:2376`; a path for a socket. */
function addressOf(endpoint: string): string {
  return endpoint.replace(/^\w+:\/\//, '').replace(/^.*@/, '')
}
