/** Networks that are broken in one way each, and whom the doctor is to blame. */
import { once } from 'node:events'
import { join } from 'node:path'
import type { Culprit, Sureness } from '../../src/shared/checkup.ts'
import type { Machine } from '../support/lan/Machine.ts'
import type { Case } from './clinic.ts'

export interface BrokenNetwork extends Case {
  culprit: Culprit | null
  sureness: Sureness
}

/** Multicast DNS, of both families. */
const toEveryone = ['ip daddr 224.0.0.251 drop', 'ip6 daddr ff02::fb drop']
const rules = (family: string, hook: string, drops: string[]) =>
  `table ${family} t {\n chain c {\n type filter hook ${hook} priority 0\n ${drops.join('\n')}\n }\n }`
const router = { addresses: ['10.77.0.254/24'] }

/** A program that takes something at its machine, and says so. */
async function occupy(machine: Machine, program: string): Promise<void> {
  const child = machine.run(process.execPath, ['-e', `${program}\nfunction on() { console.log('on') }`])
  await once(child.stdout!, 'data')
}

/** Someone else on the network who is heard. */
async function neighbourOn(machine: Machine): Promise<void> {
  const office = { name: 'Other', instanceId: 'other', protocol: 1, fingerprint: 'b'.repeat(64), revision: 1, port: 4433 }
  machine.run(process.execPath, [join(import.meta.dirname, 'programs/host.ts'), JSON.stringify(office)], {
    stdio: ['pipe', 'ignore', 'inherit'],
  })
}

export const brokenNetworks: readonly BrokenNetwork[] = [
  { broken: 'nothing', culprit: null, sureness: 'certain' },
  {
    broken: 'nothing, and nobody hosts',
    isServed: false,
    args: [],
    culprit: null,
    sureness: 'possible',
  },
  { broken: 'nothing, and the server is found by itself', args: [], culprit: null, sureness: 'certain' },
  {
    broken: 'multicast is dropped on its way in, by this computer',
    breakIt: ({ here }) => here.nft(rules('inet', 'input', ['udp dport 5353 drop'])),
    culprit: 'multicastIn',
    sureness: 'certain',
  },
  {
    broken: 'multicast is dropped on its way in, by the network',
    breakIt: ({ network }) =>
      network.nft(
        rules(
          'bridge',
          'forward',
          toEveryone.map((drop) => `iifname "port0" ${drop}`),
        ),
      ),
    culprit: 'multicastIn',
    sureness: 'likely',
  },
  {
    broken: 'multicast is dropped on its way out, by this computer',
    breakIt: ({ here }) => here.nft(rules('inet', 'output', ['udp dport 5353 drop'])),
    culprit: 'multicastOut',
    sureness: 'certain',
  },
  {
    broken: 'multicast is dropped on its way out, by the network',
    breakIt: ({ network }) =>
      network.nft(
        rules(
          'bridge',
          'forward',
          toEveryone.map((drop) => `iifname "port1" ${drop}`),
        ),
      ),
    culprit: 'multicastOut',
    sureness: 'likely',
  },
  {
    broken: 'multicast is dropped both ways, by the network',
    breakIt: ({ network }) => network.nft(rules('bridge', 'forward', toEveryone)),
    culprit: 'multicast',
    sureness: 'likely',
  },
  {
    broken: 'UDP is dropped, by the network',
    breakIt: ({ network }) => network.nft(rules('bridge', 'forward', ['meta l4proto udp drop'])),
    culprit: 'udp',
    sureness: 'certain',
  },
  {
    broken: 'UDP is dropped on its way back, by this computer',
    breakIt: ({ here }) => here.nft(rules('inet', 'input', ['udp sport 44400-44499 drop'])),
    culprit: 'udp',
    sureness: 'certain',
  },
  {
    broken: 'the media ports are closed, at the host',
    breakIt: ({ host }) => host.nft(rules('inet', 'input', ['meta l4proto { tcp, udp } th dport 44400-44499 drop'])),
    culprit: 'media',
    sureness: 'likely',
  },
  {
    broken: 'inbound TCP is dropped, at the host',
    breakIt: ({ host }) => host.nft(rules('inet', 'input', ['meta l4proto tcp drop'])),
    culprit: 'hostFirewall',
    sureness: 'likely',
  },
  {
    broken: 'inbound TCP is refused by rule, at the host',
    breakIt: ({ host }) => host.nft(rules('inet', 'input', ['meta l4proto tcp reject with icmpx type admin-prohibited'])),
    culprit: 'hostFirewall',
    sureness: 'certain',
  },
  {
    broken: 'inbound TCP is dropped, at this computer, which is asked in general',
    breakIt: ({ here }) => here.nft(rules('inet', 'input', ['tcp flags syn / syn,ack drop'])),
    args: [],
    culprit: 'inbound',
    sureness: 'likely',
  },
  { broken: 'no server runs', isServed: false, culprit: 'notRunning', sureness: 'likely' },
  {
    broken: 'another program has the server’s port, at the host',
    isServed: false,
    breakIt: ({ host }) => occupy(host, `require('node:http').createServer().listen(4433, on)`),
    culprit: 'notLanyard',
    sureness: 'certain',
  },
  {
    broken: 'who listens at the server’s port takes connections, and says nothing',
    isServed: false,
    breakIt: ({ host }) => occupy(host, `require('node:net').createServer().listen(4433, on)`),
    culprit: 'unanswering',
    sureness: 'likely',
  },
  {
    broken: 'all that goes out is dropped, by this computer',
    breakIt: ({ here }) => here.nft(rules('inet', 'output', ['meta l4proto { tcp, udp } drop'])),
    culprit: 'ownFirewall',
    sureness: 'likely',
  },
  {
    broken: 'this system lets nobody connect to the server',
    breakIt: async ({ here }) => {
      await here.ip('route', 'add', 'prohibit', '10.77.0.1/32')
    },
    culprit: 'ownFirewall',
    sureness: 'likely',
  },
  {
    broken: 'clients are kept apart, and the router answers',
    breakIt: async ({ network, here }) => {
      await network.isolateClients()
      await network.machine('router', router)
      await here.ip('route', 'add', 'default', 'via', '10.77.0.254')
    },
    culprit: 'isolation',
    sureness: 'likely',
  },
  {
    broken: 'clients are kept apart, on a network without a router',
    breakIt: ({ network }) => network.isolateClients(),
    culprit: 'isolation',
    sureness: 'possible',
  },
  {
    broken: 'the host’s cable is pulled, and others are there',
    breakIt: async ({ network, host }) => {
      await host.plugOut()
      await neighbourOn(await network.machine('other', { addresses: ['10.77.0.3/24'] }))
    },
    culprit: 'hostAbsent',
    sureness: 'likely',
  },
  {
    broken: 'a VPN takes the network of both',
    breakIt: async ({ here }) => {
      await here.ip('link', 'add', 'tun0', 'type', 'veth', 'peer', 'name', 'nowhere')
      await here.ip('address', 'add', '10.99.0.2/24', 'dev', 'tun0')
      for (const end of ['tun0', 'nowhere']) await here.ip('link', 'set', end, 'up')
      await here.ip('route', 'add', '10.77.0.0/25', 'dev', 'tun0')
    },
    culprit: 'wrongRoute',
    sureness: 'certain',
  },
  {
    broken: 'no way leads to the server’s network',
    breakIt: ({ here }) => here.changeAddresses(['10.78.0.2/24']),
    culprit: 'noRoute',
    sureness: 'certain',
  },
  {
    broken: 'another program has the port for hosting',
    breakIt: ({ here }) => occupy(here, `require('node:net').createServer().listen(4433, on)`),
    args: [],
    culprit: 'portTaken',
    sureness: 'certain',
  },
  {
    broken: 'another program has the media ports for hosting',
    breakIt: ({ here }) =>
      occupy(
        here,
        `const sockets = Array.from({ length: 8 }, () => require('node:dgram').createSocket('udp4'))
         const bound = sockets.map((socket, n) => new Promise((done) => socket.bind(45_000 + n, done)))
         Promise.all(bound).then(on)`,
      ),
    args: ['--rtc-port-range', '45000-45007'],
    culprit: 'mediaPortsTaken',
    sureness: 'certain',
  },
  {
    broken: 'another certificate is shown than the one that is known',
    args: ['10.77.0.1', '--fingerprint', 'ab'.repeat(32)],
    culprit: 'wrongCertificate',
    sureness: 'certain',
  },
  {
    broken: 'the clock of this computer is three days ahead',
    nodeArgs: ['--import', 'data:text/javascript,const now = Date.now; Date.now = () => now() + 3 * 86_400_000'],
    culprit: 'clock',
    sureness: 'certain',
  },
  { broken: 'no cable is in', breakIt: ({ here }) => here.plugOut(), culprit: 'noNetwork', sureness: 'certain' },
  {
    broken: 'nobody gives out addresses',
    breakIt: ({ here }) => here.changeAddresses(['169.254.7.7/16']),
    culprit: 'selfAssigned',
    sureness: 'certain',
  },
  { broken: 'a name that nobody knows', args: ['meet.invalid:4433'], culprit: 'unknownName', sureness: 'certain' },
]
