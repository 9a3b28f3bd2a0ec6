/** Servers that show themselves, and people who look, on machines of their own. Limits are those that the product promises. */
import { once } from 'node:events'
import { expect } from 'vitest'
import { labelOf } from '../../src/main/lan/mdns/service.ts'
import { onNetworksAtOnce } from '../support/lan/networks.ts'
import { until } from '../support/until.ts'
import { appearsWithin, goesWithin, host, isForgottenWithin, Looker, machines, server } from './support.ts'

onNetworksAtOnce('F60: a server appears with all that it says, and goes with its goodbye', async ({ makeNetwork }) => {
  const [a, b] = await machines(makeNetwork)
  const looker = await Looker.on(b)
  const office = server({ name: 'Büro 3.1', fingerprint: '00abcd'.padEnd(64, 'e'), revision: 7, port: 5555 })

  const hosting = await host(a, office)
  expect(await looker.seesOnly(office)).toBeLessThan(appearsWithin)
  const { port: _, ...told } = office
  await looker.sees(([seen]) => seen?.addresses.includes('[fd77::1]:5555') ?? false)
  expect(looker.seen[0]).toMatchObject({ ...told, label: 'Büro 3 1 [00abcd]' })
  expect(looker.seen[0]?.addresses.slice(0, 2)).toEqual(['10.77.0.1:5555', '[fd77::1]:5555'])
  expect(looker.seen[0]?.addresses.at(-1)).toMatch(/^\[fe80::.*%eth0\]:5555$/)

  await hosting.end()
  expect(await looker.seesOnly()).toBeLessThan(goesWithin)
})

onNetworksAtOnce('who begins to look sees at once what has been there, and what changes there', async ({ makeNetwork }) => {
  const [a, b] = await machines(makeNetwork)
  const office = server()
  const hosting = await host(a, office)

  const looker = await Looker.on(b)
  expect(await looker.seesOnly(office)).toBeLessThan(appearsWithin)
  await hosting.tell({ revision: 2 })
  expect(await looker.sees(([seen]) => seen?.revision === 2)).toBeLessThan(appearsWithin)
  await hosting.tell({ name: 'Another name' })
  expect(await looker.sees(([seen]) => seen?.label === labelOf({ ...office, name: 'Another name' }, 1))).toBeLessThan(
    appearsWithin,
  )
  expect(looker.hasSeenAllAlong(office, 2)).toBe(true)
})

onNetworksAtOnce(
  'a server stays for longer than its records last, and is forgotten within ten seconds of a crash',
  async ({ makeNetwork }) => {
    const [a, b] = await machines(makeNetwork)
    const looker = await Looker.on(b)
    const office = server()
    const hosting = await host(a, office)
    await looker.seesOnly(office)
    const since = looker.lines.length

    await new Promise((resolve) => setTimeout(resolve, 12_000))
    expect(looker.hasSeenAllAlong(office, since)).toBe(true)
    await hosting.kill()
    expect(await looker.seesOnly()).toBeLessThan(isForgottenWithin)
  },
  40_000,
)

onNetworksAtOnce(
  'a pulled cable takes a server away, and brings it back',
  async ({ makeNetwork }) => {
    const [a, b] = await machines(makeNetwork)
    const looker = await Looker.on(b)
    const office = server()
    await host(a, office)
    await looker.seesOnly(office)

    await a.plugOut()
    expect(await looker.seesOnly()).toBeLessThan(isForgottenWithin)
    await a.plugIn()
    // The host looks for its networks every two seconds.
    expect(await looker.seesOnly(office)).toBeLessThan(2_000 + appearsWithin)

    await b.plugOut()
    expect(await looker.seesOnly()).toBeLessThan(isForgottenWithin)
    await b.plugIn()
    expect(await looker.seesOnly(office)).toBeLessThan(2_000 + appearsWithin)
  },
  60_000,
)

onNetworksAtOnce('F66: a server whose address changes is at the new one, and never gone', async ({ makeNetwork }) => {
  const [a, b] = await machines(makeNetwork)
  const looker = await Looker.on(b)
  const office = server()
  await host(a, office)
  await looker.seesOnly(office)
  const since = looker.lines.length

  await a.changeAddresses(['10.77.0.9/24'])
  expect(await looker.sees(([seen]) => seen?.addresses[0] === '10.77.0.9:4433')).toBeLessThan(7_000)
  expect(await looker.sees(([seen]) => !seen?.addresses.includes('10.77.0.1:4433'))).toBeLessThan(goesWithin)
  await b.changeAddresses(['10.77.0.8/24'])
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  expect(looker.hasSeenAllAlong(office, since)).toBe(true)
})

onNetworksAtOnce('F66: a server on two networks is seen from each by its address there first', async ({ makeNetwork }) => {
  const [one, two] = [await makeNetwork(), await makeNetwork()]
  const a = await one.machine('A', { addresses: ['10.77.0.1/24'] })
  await a.plugInto(two, { addresses: ['10.78.0.1/24'] })
  const b = await one.machine('B', { addresses: ['10.77.0.2/24'] })
  const c = await two.machine('C', { addresses: ['10.78.0.2/24'] })
  const lookers = [await Looker.on(b), await Looker.on(c)]
  const office = server()
  await host(a, office)

  for (const looker of lookers) expect(await looker.seesOnly(office)).toBeLessThan(appearsWithin)
  await lookers[0]!.sees(([seen]) => seen?.addresses[0] === '10.77.0.1:4433')
  await lookers[1]!.sees(([seen]) => seen?.addresses[0] === '10.78.0.1:4433')
  for (const looker of lookers) expect(looker.seen).toHaveLength(1)
})

onNetworksAtOnce('both ends on the same two networks: both ways to the server are known', async ({ makeNetwork }) => {
  const [one, two] = [await makeNetwork(), await makeNetwork()]
  const a = await one.machine('A', { addresses: ['10.77.0.1/24'] })
  const b = await one.machine('B', { addresses: ['10.77.0.2/24'] })
  await a.plugInto(two, { addresses: ['10.78.0.1/24'] })
  await b.plugInto(two, { addresses: ['10.78.0.2/24'] })
  const looker = await Looker.on(b)
  const office = server()
  await host(a, office)

  const ways = ['10.77.0.1:4433', '10.78.0.1:4433']
  await looker.sees(([seen]) => JSON.stringify(seen?.addresses.slice(0, 2)) === JSON.stringify(ways))
  await a.plugOut(one)
  await looker.sees(([seen]) => seen?.addresses[0] === ways[1] && !seen?.addresses.includes(ways[0]!))
})

onNetworksAtOnce('a network that the machine joins later is looked at too', async ({ makeNetwork }) => {
  const [one, two] = [await makeNetwork(), await makeNetwork()]
  const a = await one.machine('A', { addresses: ['10.77.0.1/24'] })
  const b = await two.machine('B', { addresses: ['10.78.0.2/24'] })
  const looker = await Looker.on(b)
  const office = server()
  await host(a, office)

  await a.plugInto(two, { addresses: ['10.78.0.1/24'] })
  expect(await looker.seesOnly(office)).toBeLessThan(2_000 + appearsWithin)
})

onNetworksAtOnce('where there is only IPv6, that does, and where there is only IPv4, that', async ({ makeNetwork }) => {
  for (const [ours, theirs, off] of [
    ['fd77::1/64', 'fd77::2/64', 'net/ipv4/conf/all/forwarding'],
    ['10.77.0.1/24', '10.77.0.2/24', 'net/ipv6/conf/all/disable_ipv6'],
  ] as const) {
    const network = await makeNetwork()
    const [a, b] = [await network.machine('A', { addresses: [ours] }), await network.machine('B', { addresses: [theirs] })]
    for (const machine of [a, b]) await machine.sysctl(off, off.endsWith('disable_ipv6') ? '1' : '0')
    const looker = await Looker.on(b)
    const office = server()
    await host(a, office)
    expect(await looker.seesOnly(office)).toBeLessThan(appearsWithin)
    const address = ours.split('/')[0]!
    await looker.sees(([seen]) => seen?.addresses[0] === (address.includes(':') ? `[${address}]:4433` : `${address}:4433`))
  }
})

onNetworksAtOnce(
  'a machine without a network hosts and looks all the same, and begins when it has one',
  async ({ makeNetwork }) => {
    const network = await makeNetwork()
    const a = await network.machine('A', { addresses: [] })
    const b = await network.machine('B', { addresses: [] })
    for (const machine of [a, b]) await machine.plugOut()
    const looker = await Looker.on(b)
    const office = server()
    await host(a, office)

    for (const machine of [a, b]) await machine.plugIn()
    await a.changeAddresses(['10.77.0.1/24'])
    await b.changeAddresses(['10.77.0.2/24'])
    expect(await looker.seesOnly(office)).toBeLessThan(2_000 + 2_000 + appearsWithin)
  },
)

onNetworksAtOnce(
  'where another program keeps the port to itself, one still sees, and hosts unseen',
  async ({ makeNetwork }) => {
    const [a, b] = await machines(makeNetwork)
    const take = `const dgram = require('node:dgram')
    dgram.createSocket('udp4').bind(5353, () =>
      dgram.createSocket({ type: 'udp6', ipv6Only: true }).bind(5353, () => console.log('taken')))`
    const greedy = b.run(process.execPath, ['-e', take])
    await once(greedy.stdout!, 'data')
    const [ours, theirs] = [server(), server()]
    await host(a, ours)
    const looker = await Looker.on(b)
    const unseen = await host(b, theirs)

    expect(await looker.seesOnly(ours)).toBeLessThan(appearsWithin)
    expect((await until(unseen, () => unseen.lines.find(({ warning }) => warning))).warning).toMatch(/discovery/)
    const elsewhere = await Looker.on(a)
    await elsewhere.seesOnly(ours)
    // The port is tried again every ten seconds.
    greedy.kill('SIGKILL')
    expect(await elsewhere.seesOnly(ours, theirs)).toBeLessThan(10_000 + appearsWithin)
  },
  40_000,
)
