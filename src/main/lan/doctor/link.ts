import { createSocket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { isOnNetworkOf } from '../localAddresses.ts'
import type { Check, Judgement } from './Check.ts'
import { gateway, neighbour, type Neighbour } from './system.ts'

/** Who answers on the server's network when it is looked for by its address. */
export interface Link {
  address: string
  peer: Neighbour
  /** Null where this computer has no gateway on that network, or did not need to ask. */
  gateway: { address: string; state: Neighbour } | null
}

/** Linux asks three times, a second apart (arp(7)); what was known before is asked again after five seconds. In ms. */
const PATIENCE_MS = 6_000
const ASK_EVERY_MS = 250

/** Whether the server's machine is there on the same network, whatever it lets in. */
export const link: Check<'link'> = {
  name: 'link',
  skipped: 'The server is on no network of this computer, or there is no address to look for.',
  async probe({ addresses, platform }, { connection }) {
    const address = connection?.address
    if (!address || !addresses.some((one) => one.kind !== 'loopback' && isOnNetworkOf(address, one))) return null
    // Whoever answers, even with a refusal, is there.
    if (connection.outcome === 'reached' || connection.outcome === 'refused') return { address, peer: 'answers', gateway: null }
    const router = await gateway(platform)
    const isHere = router !== null && router !== address && addresses.some((one) => isOnNetworkOf(router, one))
    const [peer, state] = await Promise.all([
      lookFor(address, platform),
      isHere ? lookFor(router, platform) : ('unknown' as const),
    ])
    return { address, peer, gateway: isHere ? { address: router, state } : null }
  },
  judge: judgeLink,
}

export function judgeLink({ address, peer, gateway: router }: Link): Judgement {
  const alsoRouter =
    router?.state === 'answers'
      ? ` The router (${router.address}) does.`
      : router?.state === 'silent'
        ? ' Nor does the router.'
        : ''
  switch (peer) {
    case 'answers':
      return { status: 'ok', detail: `${address} is there on this network.` }
    case 'silent':
      return { status: 'failed', detail: `${address} does not answer on this network.${alsoRouter}` }
    case 'unknown':
      return { status: 'warning', detail: `The system does not say whether ${address} is there on this network.` }
  }
}

/** Until the system is sure, or time is up. */
async function lookFor(address: string, platform: NodeJS.Platform): Promise<Neighbour> {
  const until = performance.now() + PATIENCE_MS
  await nudge(address)
  for (;;) {
    const state = await neighbour(address, platform)
    if (state === 'answers' || performance.now() > until) return state
    if (state === 'silent' && performance.now() > until - PATIENCE_MS / 2) return state
    await delay(ASK_EVERY_MS)
  }
}

/** The system looks for whom something is sent to. The port is that of RFC 863, where nothing comes of it. */
function nudge(address: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
    socket.once('error', () => {})
    socket.send('', 9, address, () => socket.close(() => resolve()))
  })
}
