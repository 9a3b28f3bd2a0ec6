/** The networks that other tests are made of: they must be what they claim, or those prove nothing. */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import type { Machine } from '../support/lan/Machine.ts'
import { whyNoNetworks } from '../support/lan/Network.ts'
import { onNetworks } from '../support/lan/networks.ts'

/** Says each message that it hears, as HEARER's line. */
const hearer = `
const socket = require('node:dgram').createSocket({ type: 'udp6' })
socket.on('message', (message, { address }) => console.log(address + ' ' + message))
socket.bind(9999, () => console.log('ready'))`

/** Whether what one machine sends to that address is heard by the other within half a second. */
async function hears(listener: Machine, speaker: Machine, address: string): Promise<boolean> {
  const child = listener.run(process.execPath, ['-e', hearer])
  const lines = createInterface({ input: child.stdout! })
  await once(lines, 'line')
  const heard = once(lines, 'line', { signal: AbortSignal.timeout(500) }).then(
    () => true,
    () => false,
  )
  const type = address.includes(':') ? 'udp6' : 'udp4'
  const send = `const socket = require('node:dgram').createSocket('${type}')
    socket.send('hello', 9999, '${address}', () => socket.close())`
  // Where there is no route, sending fails.
  await speaker.output(process.execPath, ['-e', send]).catch(() => null)
  const answer = await heard
  await end(child)
  return answer
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'close')
  child.kill('SIGKILL')
  await ended
}

/** What has ended may not have been noticed yet by whoever should. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

function ours(): string[] {
  return existsSync('/run/netns') ? readdirSync('/run/netns').filter((name) => name.startsWith(`lanyard-${process.pid}-`)) : []
}

onNetworks(
  'machines on one switch hear each other over IPv4 and IPv6, and have no route to anywhere else',
  async ({ makeNetwork }) => {
    const network = await makeNetwork()
    const a = await network.machine('A', { addresses: ['10.77.0.1/24', 'fd77::1/64'] })
    const b = await network.machine('B', { addresses: ['10.77.0.2/24', 'fd77::2/64'] })

    expect(await hears(b, a, '10.77.0.2')).toBe(true)
    expect(await hears(a, b, 'fd77::1')).toBe(true)
    expect(await a.ip('route', 'show')).not.toMatch(/default/)
    await expect(a.ip('route', 'get', '192.0.2.1')).rejects.toThrow(/unreachable/)
  },
)

onNetworks('a pulled cable carries nothing until it is put back', async ({ makeNetwork }) => {
  const network = await makeNetwork()
  const a = await network.machine('A', { addresses: ['10.77.0.1/24'] })
  const b = await network.machine('B', { addresses: ['10.77.0.2/24'] })

  await b.plugOut()
  expect(await hears(b, a, '10.77.0.2')).toBe(false)
  await b.plugIn()
  // Who was looked for in vain is looked for again within seconds.
  await expect.poll(() => hears(b, a, '10.77.0.2'), { timeout: 10_000 }).toBe(true)
})

onNetworks('a changed address is heard, the old one no more', async ({ makeNetwork }) => {
  const network = await makeNetwork()
  const a = await network.machine('A', { addresses: ['10.77.0.1/24'] })
  const b = await network.machine('B', { addresses: ['10.77.0.2/24'] })

  await b.changeAddresses(['10.77.0.9/24'])
  expect(await hears(b, a, '10.77.0.2')).toBe(false)
  expect(await hears(b, a, '10.77.0.9')).toBe(true)
})

onNetworks('a machine on two switches hears both, which do not hear each other', async ({ makeNetwork }) => {
  const [one, two] = [await makeNetwork(), await makeNetwork()]
  const a = await one.machine('A', { addresses: ['10.77.0.1/24'] })
  const b = await one.machine('B', { addresses: ['10.77.0.2/24'] })
  const c = await two.machine('C', { addresses: ['10.78.0.3/24'] })
  await b.plugInto(two, { addresses: ['10.78.0.2/24'] })

  expect(await hears(b, a, '10.77.0.2')).toBe(true)
  expect(await hears(b, c, '10.78.0.2')).toBe(true)
  expect(await hears(c, a, '10.78.0.3')).toBe(false)
})

onNetworks('a firewall and isolated clients keep out what they should', async ({ makeNetwork }) => {
  const network = await makeNetwork()
  const a = await network.machine('A', { addresses: ['10.77.0.1/24', 'fd77::1/64'] })
  const b = await network.machine('B', { addresses: ['10.77.0.2/24', 'fd77::2/64'] })

  await b.nft(`table ip t {
    chain c {
      type filter hook input priority 0
      udp dport 9999 drop
    }
  }`)
  expect(await hears(b, a, '10.77.0.2')).toBe(false)
  expect(await hears(b, a, 'fd77::2')).toBe(true)
  await network.isolateClients()
  expect(await hears(b, a, 'fd77::2')).toBe(false)
})

onNetworks('a capture has the bytes that went over the cable', async ({ makeNetwork }) => {
  const network = await makeNetwork()
  const a = await network.machine('A', { addresses: ['10.77.0.1/24', 'fd77::1/64'] })
  const b = await network.machine('B', { addresses: ['10.77.0.2/24', 'fd77::2/64'] })
  const capture = await b.capture('udp port 9999')

  await hears(b, a, '10.77.0.2')
  await hears(b, a, 'fd77::2')

  const heard = (await capture.stop()).map(({ from, to, payload }) => [from.replace(/\d+$/, ''), to, payload.toString()])
  expect(heard).toEqual([
    ['10.77.0.1:', '10.77.0.2:9999', 'hello'],
    ['[fd77::1]:', '[fd77::2]:9999', 'hello'],
  ])
})

onNetworks('closing ends the programs that run there, and leaves no namespace', async ({ makeNetwork }) => {
  const network = await makeNetwork()
  const a = await network.machine('A', { addresses: ['10.77.0.1/24'] })
  // A program, and one that this one started.
  const child = a.run('sh', ['-c', 'sleep 60 & echo started; wait'])
  await once(child.stdout!, 'data')

  await network.close()

  expect(child.signalCode).toBe('SIGKILL')
  expect(ours()).toEqual([])
})

onNetworks('what a killed maker has left goes when the next network is made', async ({ makeNetwork }) => {
  const make = `
    import { Network } from ${JSON.stringify(join(import.meta.dirname, '../support/lan/Network.ts'))}
    const machine = await (await Network.make()).machine('A', { addresses: [] })
    const { pid } = machine.run('sleep', ['60'])
    console.log(pid)`
  const maker = spawn(process.execPath, ['--input-type=module', '-e', make], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void maker.kill('SIGKILL'))
  const pid = await once(maker.stdout, 'data').then(([data]) => Number(data))
  const left = () => readdirSync('/run/netns').filter((name) => name.startsWith(`lanyard-${maker.pid}-`))
  expect(left()).toHaveLength(2)
  expect(isRunning(pid)).toBe(true)
  await end(maker)

  await makeNetwork()

  expect(left()).toEqual([])
  await expect.poll(() => isRunning(pid)).toBe(false)
})

test.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
  'root on Linux can make networks, and skips none of these',
  () => {
    expect(whyNoNetworks).toBeNull()
  },
)
