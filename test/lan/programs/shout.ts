/** Sends messages of Multicast DNS that no Responder would: each line of its input is one. It ends with its input. */
import { createInterface } from 'node:readline'
import { Interfaces } from '../../../src/main/lan/Interfaces.ts'
import { silent } from '../../../src/main/lan/log.ts'
import { Multicast } from '../../../src/main/lan/mdns/Multicast.ts'
import { recordsOf, type Announced } from '../../../src/main/lan/mdns/service.ts'

export interface Shout {
  announced: Announced
  label: string
  host: string
  ttl: number
  addresses?: string[]
  /** Whether it goes on, four times a second. */
  again?: boolean
}

const interfaces = new Interfaces()
const wire = new Multicast(interfaces, silent)
const repeating: NodeJS.Timeout[] = []
for await (const line of createInterface({ input: process.stdin })) {
  const { announced, label, host, ttl, addresses = [], again = false } = JSON.parse(line) as Shout
  const records = recordsOf(announced, label, host, addresses, ttl)
  const shout = () => Promise.all(wire.links.map((link) => wire.send({ id: 0, isResponse: true, questions: [], records }, link)))
  await shout()
  if (again) repeating.push(setInterval(() => void shout(), 250))
  process.stdout.write(`${JSON.stringify({ shouted: label })}\n`)
}
for (const timer of repeating) clearInterval(timer)
wire.close()
interfaces.close()
