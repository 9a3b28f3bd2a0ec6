/** Bare mediasoup with its defaults, under the least signaling that will do. One room. */
import { parseArgs } from 'node:util'
import * as mediasoup from 'mediasoup'
import type { types } from 'mediasoup'
import { listen } from './signaling.ts'

/** Out of the way of Lanyard's own media ports. */
const FIRST_PORT = 45_400

const { values } = parseArgs({
  options: { 'data-dir': { type: 'string' }, 'key-frame-request-delay': { type: 'string', default: '0' } },
})
const keyFrameRequestDelay = Number(values['key-frame-request-delay'])

const worker = await mediasoup.createWorker()
const webRtcServer = await listenOnFirstFree()
const router = await worker.createRouter({
  mediaCodecs: [
    { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
    { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
  ],
})
const transports = new Map<string, types.WebRtcTransport>()
const consumers = new Map<string, types.Consumer>()
const members = new Map<
  string,
  { peerId: string; producers: object[]; receive?: types.WebRtcTransport; rtpCapabilities?: types.RtpCapabilities }
>()

const io = listen({
  createRoom: () => ({ room: { id: 'room' } }),
  joinRoom: (socket) => {
    members.set(socket.id, { peerId: socket.id, producers: [] })
    const seen = [...members.values()].map(({ peerId, producers }) => ({ peerId, producers }))
    return { self: { peerId: socket.id }, members: seen, rtpCapabilities: router.rtpCapabilities }
  },
  createTransport: async (socket, { direction, rtpCapabilities }) => {
    const transport = await router.createWebRtcTransport({ webRtcServer })
    transports.set(transport.id, transport)
    socket.on('disconnect', () => transport.close())
    if (direction === 'receive') Object.assign(members.get(socket.id)!, { receive: transport, rtpCapabilities })
    const { id: transportId, iceParameters, iceCandidates, dtlsParameters } = transport
    return { transportId, iceParameters, iceCandidates, dtlsParameters }
  },
  connectTransport: async (_, { transportId, dtlsParameters }) => {
    await transports.get(transportId)!.connect({ dtlsParameters })
    return {}
  },
  produce: async (socket, { transportId, kind, rtpParameters }) => {
    const producer = await transports.get(transportId)!.produce({ kind, rtpParameters, keyFrameRequestDelay })
    const { peerId, producers } = members.get(socket.id)!
    producers.push({ producerId: producer.id, kind })
    socket.broadcast.emit('peerChanged', { member: { peerId, producers } })
    return { producerId: producer.id }
  },
  consume: async (socket, { producerId }) => {
    const { receive, rtpCapabilities } = members.get(socket.id)!
    const consumer = await receive!.consume({ producerId, rtpCapabilities: rtpCapabilities!, paused: true })
    consumers.set(consumer.id, consumer)
    return { consumerId: consumer.id, producerId, kind: consumer.kind, rtpParameters: consumer.rtpParameters }
  },
  resumeConsumer: async (_, { consumerId }) => {
    await consumers.get(consumerId)!.resume()
    return {}
  },
})
io.on('connection', (socket) => socket.on('disconnect', () => members.delete(socket.id)))

async function listenOnFirstFree(): Promise<types.WebRtcServer> {
  for (let port = FIRST_PORT; ; port += 1) {
    try {
      return await worker.createWebRtcServer({
        listenInfos: (['udp', 'tcp'] as const).map((protocol) => ({ protocol, ip: '127.0.0.1', port })),
      })
    } catch (error) {
      if (port - FIRST_PORT > 50) throw error
    }
  }
}
