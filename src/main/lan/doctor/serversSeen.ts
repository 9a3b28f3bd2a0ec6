import { setTimeout as delay } from 'node:timers/promises'
import type { Fingerprint } from '../../../shared/fingerprint.ts'
import { Interfaces } from '../Interfaces.ts'
import { silent } from '../log.ts'
import { Browser } from '../mdns/Browser.ts'
import { Multicast } from '../mdns/Multicast.ts'
import type { Target } from './Check.ts'

/** A server that is there is seen within three seconds. In ms. */
const LOOK_MS = 3_000

/** The servers that show themselves on the networks of this computer, but for its own. */
export async function serversSeen(own: Fingerprint | null): Promise<Target[]> {
  const interfaces = new Interfaces()
  const browser = new Browser({ open: () => new Multicast(interfaces, silent), own: () => interfaces.addresses })
  browser.start()
  await delay(LOOK_MS)
  const targets = browser.seen
    .filter(({ fingerprint }) => fingerprint !== own)
    .map(({ name, fingerprint, addresses }) => ({ name, fingerprint, addresses: addresses.filter(isUsable) }))
  browser.close()
  interfaces.close()
  return targets.filter(({ addresses }) => addresses.length > 0)
}

/** One with a zone no address of a server can have. */
const isUsable = (address: string) => URL.canParse(`https://${address}`)
