import type { Bridge, EventPayload } from '../../../shared/bridge.ts'
import type { CheckResult, Checkup } from '../../../shared/checkup.ts'

const check = (
  name: CheckResult['name'],
  status: CheckResult['status'],
  detail: string,
  server: string | null = 'Office',
): CheckResult => ({
  ...{ name, server, status, detail, tookMs: 20 },
})
const well: CheckResult[] = [
  check('interfaces', 'ok', 'This computer is on a network as 192.168.1.31 (wlp2s0). It has others too: docker0.', null),
  check('ports', 'ok', 'The ports for hosting are free (4433, and 44400 and up for media).', null),
  check('connection', 'ok', 'Someone answers at 192.168.1.20 at port 4433.'),
  check('route', 'ok', '192.168.1.20 is reached by wlp2s0, straight on the same network.'),
  check('link', 'ok', '192.168.1.20 is there on this network.'),
  check('certificate', 'ok', 'It shows the certificate that it should.'),
  check('server', 'ok', 'The server answers, after 12 ms.'),
  check('clock', 'ok', 'The clocks of both computers agree.'),
  check('multicast', 'ok', 'What is sent to everyone goes both ways.'),
  check('mediaUdp', 'ok', 'The media port answers over UDP (192.168.1.20:44400).'),
  check('mediaTcp', 'ok', 'The media port answers over TCP (192.168.1.20:44400).'),
  check(
    'inbound',
    'warning',
    'The server cannot connect to this computer at 192.168.1.31 (tried at port 39243). To join, nobody has to.',
  ),
]
const lost = check('mediaUdp', 'failed', 'Nothing gets through to the media port over UDP (192.168.1.20:44400).')

const checkups: Record<string, Checkup> = {
  checkWell: {
    ...{ ok: true, culprit: null, sureness: 'certain', steps: [], checks: well },
    summary: 'All is well between this computer and Office.',
  },
  checkCulprit: {
    ...{ ok: false, culprit: 'udp', sureness: 'certain' },
    summary: 'UDP does not get through to the server. Sound and pictures take TCP instead, with more delay.',
    steps: [
      'On the server’s computer, let Lanyard through the firewall: UDP 44400. *Check the network* there, or `lanyard doctor`, says how.',
      'Where it is a network of an office or a school, ask whoever looks after it for the same.',
    ],
    checks: well.map((one) => (one.name === 'mediaUdp' ? lost : one)),
  },
}

/** What a look at the network comes to in such a scene; in the one of the running it comes to no end. */
export function sampleCheck(scene: string): Partial<Bridge> {
  const checks = checkups[scene]?.checks ?? well.slice(0, 9)
  let tell: (progress: EventPayload<'networkChecked'>) => void = () => {}
  return {
    onCommanded: (listener) => {
      setTimeout(() => listener({ command: 'checkNetwork' }))
      return () => {}
    },
    onNetworkChecked: (listener) => {
      tell = listener
      return () => {}
    },
    checkNetwork: ({ lookId }) => {
      for (const result of checks) tell({ lookId, name: result.name, server: result.server, result })
      const checkup = checkups[scene]
      if (checkup) return Promise.resolve({ ok: true, value: checkup })
      for (const name of ['mediaUdp', 'mediaTcp', 'inbound'] as const) tell({ lookId, name, server: 'Office', result: null })
      return new Promise(() => {})
    },
  }
}
