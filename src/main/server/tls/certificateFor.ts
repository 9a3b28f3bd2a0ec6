import type { ServerConfig } from '../config.ts'
import { StartError } from '../StartError.ts'
import { Certificate } from './Certificate.ts'
import { keptIdentity, ownIdentity, renewIdentity } from './Identity.ts'
import { isLoopback } from './onePort.ts'

/** What a server shows that is set up so, of the keys in that folder; null where it speaks plain HTTP, then to this computer alone. Throws a StartError. */
export async function certificateFor(config: ServerConfig, keys: string): Promise<Certificate | null> {
  const { host, name, tls, tlsCert, tlsKey, plainPort } = config
  const isHere = host === 'localhost' || isLoopback(host)
  if ((tlsCert === null) !== (tlsKey === null))
    throw new StartError('wrongSetting', 'A certificate needs its key, and a key its certificate', {
      hint: 'give both --tls-cert and --tls-key',
    })
  if (tls === 'off' && !isHere)
    throw new StartError('wrongSetting', `Others on the network could read what is said without encryption on ${host}`, {
      hint: 'leave --tls off away, or listen on this computer alone with --host 127.0.0.1',
    })
  const isEncrypted = tls === 'on' || (tls === 'auto' && (!isHere || tlsCert !== null))
  if (plainPort !== null && !isEncrypted)
    throw new StartError('wrongSetting', 'Guests without encryption are led to the encrypted port, and there is none', {
      hint: 'add --tls on, or leave --plain-port away',
    })
  if (!isEncrypted) return null
  if (tlsCert !== null && tlsKey !== null) return Certificate.of(ownIdentity({ certificate: tlsCert, key: tlsKey }), null)
  return Certificate.of(await keptIdentity(keys, name), () => renewIdentity(keys, name))
}
