/**
 * Looks for servers, as the app does that knows those with the given fingerprints, and tells each time what it sees: `{ seen }`. It ends
 * with its input.
 */
import { Interfaces } from '../../../src/main/lan/Interfaces.ts'
import { Browser } from '../../../src/main/lan/mdns/Browser.ts'
import { Multicast } from '../../../src/main/lan/mdns/Multicast.ts'

const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`)
const interfaces = new Interfaces()
const log = { warn: (about: object, text: string) => say({ warning: text, ...about }) }
const isKnown = (fingerprint: string) => process.argv.includes(fingerprint)
const browser = new Browser({ open: () => new Multicast(interfaces, log, isKnown), own: () => interfaces.addresses, isKnown })
browser.on('changed', () => say({ seen: browser.seen }))
browser.start()
say({ seen: browser.seen })

process.stdin.resume().on('end', () => {
  browser.close()
  interfaces.close()
})
