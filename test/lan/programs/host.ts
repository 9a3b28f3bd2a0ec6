/**
 * Shows a server, as a machine of the test's network that hosts one would: `host.ts '{"name":…}'`. Then each line of its input is an
 * object of what has changed. It ends with its input, with a goodbye.
 */
import { createInterface } from 'node:readline'
import { Interfaces } from '../../../src/main/lan/Interfaces.ts'
import { Multicast } from '../../../src/main/lan/mdns/Multicast.ts'
import { Responder } from '../../../src/main/lan/mdns/Responder.ts'
import type { Announced } from '../../../src/main/lan/mdns/service.ts'

const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`)
const interfaces = new Interfaces()
const wire = new Multicast(interfaces, { warn: (about, text) => say({ warning: text, ...about }) })
const responder = new Responder(JSON.parse(process.argv[2]!) as Announced, wire)
say({ label: responder.label })

for await (const line of createInterface({ input: process.stdin })) {
  responder.update(JSON.parse(line) as Partial<Announced>)
  say({ label: responder.label })
}
await responder.close()
wire.close()
interfaces.close()
