/** Runs on a machine of a test's network, for relay.ts: connects each socket that it is sent with a port of the loopback there. */
import { connect, type Socket } from 'node:net'
import { pipeline } from 'node:stream'

process.on('message', (port: number, outside: Socket) => {
  const inside = connect(port, '127.0.0.1')
  // However it ends, both sides of it see.
  pipeline(outside, inside, () => null)
  pipeline(inside, outside, () => null)
})
