/**
 * Says all that it can for others to do, from each of the addresses it is given and without end: that there are 200 servers, and that
 * as many as a packet can name are no more.
 */
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { writeMessage, type Record } from '../../../src/main/lan/mdns/message.ts'
import { instanceName, labelOf, recordsOf } from '../../../src/main/lan/mdns/service.ts'

const group = '224.0.0.251'
/** Of each address, in ms. */
const every = 100

async function open(address: string): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true })
  socket.bind(5353, address)
  await once(socket, 'listening')
  socket.setMulticastInterface(address)
  return socket
}

const say = (socket: Socket, records: Record[]) =>
  socket.send(writeMessage({ id: 0, isResponse: true, questions: [], records }), 5353, group)

/** Another revision each time, so that nothing is the same. */
function claims(first: number, revision: number): Record[] {
  return Array.from({ length: 10 }, (_, index) => {
    const number = (first + index) % 200
    const fingerprint = `${number.toString(16).padStart(6, '0')}${'f'.repeat(58)}`
    const flood = { name: `Flood ${number}`, instanceId: `flood-${number}`, protocol: 1, fingerprint, revision, port: 4433 }
    return recordsOf(flood, labelOf(flood, 1), 'flood.local', [])
  }).flat()
}

const goodbyes = (round: number) =>
  Array.from({ length: 80 }, (_, index): Record => ({ type: 'TXT', name: instanceName(`Z${round}-${index}`), ttl: 0, data: [] }))

const sockets = await Promise.all(process.argv.slice(2).map(open))
let round = 0
const timer = setInterval(() => {
  round++
  for (const [index, socket] of sockets.entries()) say(socket, round % 10 === 1 ? claims(index * 10, round) : goodbyes(round))
}, every)
process.stdout.write(`${JSON.stringify({ shouted: 'flood' })}\n`)

process.stdin.resume().on('end', () => {
  clearInterval(timer)
  for (const socket of sockets) socket.close()
})
