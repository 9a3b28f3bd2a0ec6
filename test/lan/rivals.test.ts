/** Servers that take each other's names, by accident and on purpose. */
import { expect } from 'vitest'
import { labelOf } from '../../src/main/lan/mdns/service.ts'
import { onNetworksAtOnce } from '../support/lan/networks.ts'
import { appearsWithin, goesWithin, host, Looker, machines, server, Shouter } from './support.ts'

onNetworksAtOnce('servers of one name are two, and one that goes leaves the other', async ({ makeNetwork }) => {
  const [a, b] = await machines(makeNetwork)
  const looker = await Looker.on(b)
  const [one, other] = [server({ name: 'Office' }), server({ name: 'Office' })]
  await host(a, one)
  const leaving = await host(a, other)

  expect(await looker.seesOnly(one, other)).toBeLessThan(appearsWithin)
  expect(new Set(looker.seen.map(({ label }) => label)).size).toBe(2)
  const since = looker.lines.length
  await leaving.end()
  expect(await looker.seesOnly(one)).toBeLessThan(goesWithin)
  expect(looker.hasSeenAllAlong(one, since)).toBe(true)
})

for (const first of ['rogue', 'real'] as const) {
  onNetworksAtOnce(
    `a rogue twin that copies name, label, id and port is another server, where the ${first} one came first`,
    async ({ makeNetwork }) => {
      const [a, b, rogue] = await machines(makeNetwork)
      const office = server({ name: 'Office' })
      const twin = { ...office, fingerprint: 'f'.repeat(64) }
      const copy = {
        announced: twin,
        label: labelOf(office, 1),
        host: 'twin.local',
        ttl: 10,
        addresses: ['10.77.0.3'],
        again: true,
      }
      const [comesFirst, comesThen] = first === 'rogue' ? [twin, office] : [office, twin]
      const comes = (one: typeof office) => (one === twin ? Shouter.on(rogue).shout(copy) : host(a, office))
      const looker = await Looker.on(b)

      await comes(comesFirst)
      await looker.seesOnly(comesFirst)
      const since = looker.lines.length
      await comes(comesThen)
      expect(await looker.seesOnly(twin, office)).toBeLessThan(appearsWithin)
      const bothSince = looker.lines.length
      await new Promise((resolve) => setTimeout(resolve, 3_000))

      expect(looker.hasSeenAllAlong(comesFirst, since)).toBe(true)
      expect(looker.hasSeenAllAlong(comesThen, bothSince)).toBe(true)
      const addressesOf = ({ fingerprint }: typeof office) =>
        looker.seen.find((seen) => seen.fingerprint === fingerprint)?.addresses.join(' ')
      expect(addressesOf(office)).toContain('10.77.0.1:4433')
      expect(addressesOf(office)).not.toContain('10.77.0.3')
      expect(addressesOf(twin)).not.toContain('10.77.0.1')

      // Who looks later hears both too: neither answer makes the other superfluous.
      const later = await Looker.on(rogue)
      expect(await later.seesOnly(twin, office)).toBeLessThan(appearsWithin)
    },
  )
}

onNetworksAtOnce('forged goodbyes remove nobody who is there', async ({ makeNetwork }) => {
  const [a, b, rogue] = await machines(makeNetwork)
  const office = server({ name: 'Office' })
  const twin = { ...office, fingerprint: 'f'.repeat(64) }
  const hosting = await host(a, office)
  const looker = await Looker.on(b)
  await looker.seesOnly(office)
  const since = looker.lines.length
  const shouter = Shouter.on(rogue)
  const forged = { label: labelOf(office, 1), host: 'office.local', ttl: 0 }

  for (let round = 0; round < 20; round++) {
    await shouter.shout({ ...forged, announced: round % 2 === 0 ? office : twin })
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  expect(looker.hasSeenAllAlong(office, since)).toBe(true)
  await hosting.kill()
  await shouter.shout({ ...forged, announced: office })
  expect(await looker.seesOnly()).toBeLessThan(goesWithin)
})

onNetworksAtOnce('two who go by one label agree on who takes another', async ({ makeNetwork }) => {
  const [a, b, c] = await machines(makeNetwork)
  const one = server({ name: 'Office', fingerprint: `abcdef${'1'.repeat(58)}` })
  const other = server({ name: 'Office', fingerprint: `abcdef${'2'.repeat(58)}` })
  const looker = await Looker.on(c)
  await host(a, one)
  await looker.seesOnly(one)
  await host(b, other)

  const labels = ['Office [abcdef]', 'Office [abcdef] 2']
  await looker.sees((seen) => JSON.stringify(seen.map(({ label }) => label).sort()) === JSON.stringify(labels))
  const since = looker.lines.length
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  expect(looker.lines.slice(since)).toEqual([])
})
