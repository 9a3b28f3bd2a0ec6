import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { looks } from '../../examples/playwright/kit/looks.ts'
import { Person } from '../e2e/support/Person.ts'
import type { Machine } from '../support/lan/Machine.ts'
import { whyNoNetworks } from '../support/lan/Network.ts'
import { Desktop, expect, test } from './support/fixtures.ts'

/** Greets whoever connects, over HTTP or not, and says by itself that it listens. */
const greeter = `
require('node:http').createServer((request, response) => response.end('hello from A'))
  .listen(9999, '0.0.0.0', () => console.log('ready'))`

async function greetOn(machine: Machine): Promise<void> {
  await once(machine.run(process.execPath, ['-e', greeter]).stdout!, 'data')
}

/** The addresses that the app's main process finds on its machine. */
function addressesOf({ app }: Desktop): Promise<string[]> {
  return app.evaluate(() => {
    const found = Object.values(process.getBuiltinModule('node:os').networkInterfaces()).flatMap((all) => all ?? [])
    return found.filter(({ family }) => family === 'IPv4').map(({ address }) => address)
  })
}

/** The addresses that the app's window offers for media. */
function candidatesOf({ page }: Desktop): Promise<string[]> {
  return page.evaluate(async () => {
    const connection = new RTCPeerConnection()
    const addresses = new Set<string>()
    const all = new Promise<void>((resolve) => {
      connection.onicecandidate = ({ candidate }) => {
        if (candidate === null) resolve()
        else if (candidate.address) addresses.add(candidate.address)
      }
    })
    connection.createDataChannel('')
    await connection.setLocalDescription()
    await all
    connection.close()
    return [...addresses]
  })
}

/** What comes of a connection that the app's main process tries: *connected*, or the error's code. */
function connect({ app }: Desktop, host: string, port: number): Promise<string> {
  return app.evaluate(
    (_electron, address) =>
      new Promise<string>((resolve) => {
        const socket = process.getBuiltinModule('node:net').connect(address)
        socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
        socket.once('connect', () => resolve('connected'))
        socket.once('connect', () => socket.destroy())
      }),
    { host, port },
  )
}

test('root on Linux can make networks, and skips none of these', () => {
  test.skip(process.platform !== 'linux' || process.getuid?.() !== 0, 'needs root on Linux')
  expect(whyNoNetworks).toBeNull()
})

test.describe('on a network without a way out', () => {
  test.skip(whyNoNetworks !== null, whyNoNetworks ?? '')

  test('two apps are on machines of their own, which reach each other and nothing else', async ({ makeNetwork }) => {
    const network = await makeNetwork()
    const a = await network.machine('A', { addresses: ['10.77.0.1/24'] })
    const b = await network.machine('B', { addresses: ['10.77.0.2/24'] })
    const ada = await Desktop.launch({ machine: a })
    const grace = await Desktop.launch({ machine: b })
    for (const { page } of [ada, grace]) await expect(page.getByRole('button', { name: 'Host a meeting' })).toBeEnabled()

    expect(await addressesOf(ada)).toEqual(['127.0.0.1', '10.77.0.1'])
    expect(await addressesOf(grace)).toEqual(['127.0.0.1', '10.77.0.2'])
    expect(await candidatesOf(ada)).toEqual(['10.77.0.1'])
    expect(await candidatesOf(grace)).toEqual(['10.77.0.2'])

    await greetOn(a)
    expect(await connect(grace, '10.77.0.1', 9999)).toBe('connected')

    const outside = createServer().listen(0, '127.0.0.1')
    await once(outside, 'listening')
    const { port } = outside.address() as AddressInfo
    expect(await connect(ada, '127.0.0.1', port)).toBe('ECONNREFUSED')
    expect(await connect(ada, '192.0.2.1', port)).toBe('ENETUNREACH')
    outside.close()
  })

  test('an app there is driven as one here: links reach it, it hosts, quits and crashes', async ({ makeNetwork, userData }) => {
    const machine = await (await makeNetwork()).machine('A', { addresses: ['10.77.0.1/24'] })
    const first = await Desktop.launch({ machine, userData })
    expect(await first.app.evaluate(() => process.pid)).toBe(first.pid)
    await first.startAgain('lanyard://join/ABC123?at=10.77.0.9:7000')
    await expect(first.page.getByRole('dialog', { name: 'Open this meeting?' })).toContainText('10.77.0.9')
    await first.page.keyboard.press('Escape')
    expect(await first.quit()).toBe(0)

    const second = await Desktop.launch({ machine, userData })
    await Person.at('Ada', second).host('Design sync')
    // With its media worker, its window, and what forwards to it; the fixture looks whether they go.
    expect((await second.kill()).length).toBeGreaterThan(4)
  })

  test('a browser there sees a page of the other machine', async ({ makeNetwork }) => {
    const network = await makeNetwork()
    const a = await network.machine('A', { addresses: ['10.77.0.1/24'] })
    const b = await network.machine('B', { addresses: ['10.77.0.2/24'] })
    await greetOn(a)
    const lin = await Person.start('Lin', { look: 'blue', machine: b })
    await lin.page.goto('http://10.77.0.1:9999/')
    await expect(lin.page.getByText('hello from A')).toBeVisible()
    await lin.close()
  })

  test('F66: one meets another by the words that both show, joins by code, and where UDP is blocked all goes over TCP', async ({
    makeNetwork,
  }) => {
    const network = await makeNetwork()
    const a = await network.machine('A', { addresses: ['10.77.0.1/24'] })
    const b = await network.machine('B', { addresses: ['10.77.0.2/24'] })
    // All that leaves or reaches it, but for discovery.
    await b.nft(`table inet filter {
      chain out { type filter hook output priority 0; oifname eth0 udp dport != 5353 drop; }
      chain in { type filter hook input priority 0; iifname eth0 udp sport != 5353 drop; }
    }`)
    const host = '0.0.0.0'
    const ada = await Desktop.launch({ machine: a, name: 'Ada', serverName: 'Studio', host, ...looks.red })
    const grace = await Desktop.launch({ machine: b, name: 'Grace', host, ...looks.green })
    const { code } = await ada.hostRoom('Design sync')
    await grace.meet(ada)
    await grace.joinByCode(code)
    await grace.expectToSee(ada)
    await ada.expectToHear(grace)
    await ada.expectToSee(grace)
    await grace.expectToHear(ada)
    expect((await grace.probeWindow()).members.map(({ name }) => name)).toEqual(['Ada', 'Grace'])

    // Until it is forgotten: then it is a stranger again.
    await grace.moves(() => grace.leave())
    await expect(grace.page.getByRole('list', { name: 'Rooms on this network' })).toContainText('Design sync')
    await grace.page.getByRole('button', { name: 'Settings' }).click()
    await grace.page.getByRole('button', { name: 'Forget Studio' }).click()
    await expect(grace.page.getByRole('list', { name: 'Servers that you have met' })).toBeHidden()
    await grace.page.keyboard.press('Escape')
    await expect(grace.page.getByRole('button', { name: 'Meet Studio' })).toBeVisible()
    await expect(grace.page.getByRole('list', { name: 'Rooms on this network' })).not.toContainText('Design sync')

    // An address alone leads to a first meeting, and to no room.
    const { page } = grace
    const { hosting } = await ada.probe()
    const [at = ''] = hosting.status === 'on' ? hosting.urls : []
    await page.getByRole('textbox', { name: 'Join code' }).fill('')
    await page.getByRole('textbox', { name: 'Address' }).fill(new URL(at).host)
    await page.getByRole('button', { name: 'Join' }).click()
    await page.getByRole('dialog', { name: 'First meeting with' }).getByRole('button', { name: 'They match' }).click()
    await expect(page.getByRole('list', { name: 'Rooms on this network' })).toContainText('Design sync')
    await page.getByRole('button', { name: 'Join' }).click()
    await expect(page.getByRole('textbox', { name: 'Join code' })).toHaveAccessibleDescription(/which you know/)
  })
})
