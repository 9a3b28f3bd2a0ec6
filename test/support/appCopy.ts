import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { KnownServers } from '../../src/main/app/servers/KnownServers.ts'
import { Servers } from '../../src/main/app/servers/Servers.ts'
import type { Seen } from '../../src/main/lan/mdns/Sightings.ts'
import { Emitter } from '../../src/shared/emitter.ts'
import type { Fingerprint } from '../../src/shared/fingerprint.ts'
import type { TlsServer } from './TlsServer.ts'

/** What others say in the network, whoever they are. */
class Claims extends Emitter<{ changed: [] }> {
  seen: Seen[] = []

  claim(fingerprint: Fingerprint, addresses: string[], name = 'Office'): void {
    const instanceId = `instance-${this.seen.length}`
    const label = `${name} [${fingerprint.slice(0, 6)}]`
    this.seen = [...this.seen, { label, name, instanceId, protocol: 1, fingerprint, revision: 1, addresses }]
    this.emit('changed')
  }
}

const device = 'the-secret-of-this-copy-for-that-server'

/** A copy of the app, as far as it deals with servers. */
export function appCopy() {
  const kept = new Map<string, unknown>()
  const known = new KnownServers(kept)
  const network = new Claims()
  const log = pino({ level: 'silent' })
  const deviceFor = () => Promise.resolve(device)
  const servers = new Servers({ known, discovery: network, deviceFor, ownFingerprint: () => null, log })
  onTestFinished(() => servers.close())
  const typed = (address: string) => servers.meet({ addresses: [address], fingerprint: null, isProof: false })
  const linked = (fingerprint: Fingerprint, ...addresses: string[]) => servers.meet({ addresses, fingerprint, isProof: true })
  /** Someone types the address and finds the words to be the same. */
  const know = async ({ address }: TlsServer) => {
    const met = await typed(address)
    if (met.status !== 'new') throw new Error(`it is ${met.status}`)
    const trusted = servers.trust(met.fingerprint)
    return trusted.status === 'known' ? trusted.serverId : ''
  }
  return { kept, known, network, servers, typed, linked, know }
}
