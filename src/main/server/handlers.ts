import { AppError } from '../../shared/errors.ts'
import type { Params, RequestName, Value } from '../../shared/protocol.ts'
import type { Connection } from './Connection.ts'
import type { Peer } from './Peer.ts'
import type { RoomServer } from './RoomServer.ts'

/** The compiler asks for a handler of every request. */
export type Handlers = { [N in RequestName]: (connection: Connection, params: Params<N>) => Value<N> | Promise<Value<N>> }

/** A handler for those who are in a room; others get `notInRoom`. */
const seated =
  <P, V>(handle: (peer: Peer, params: P) => V) =>
  ({ peer }: Connection, params: P): V => {
    if (!peer) throw new AppError('notInRoom', 'You are in no room; join one first')
    return handle(peer, params)
  }

/** The same, for requests that are answered by nothing but success. */
const done = <P>(handle: (peer: Peer, params: P) => void | Promise<void>) =>
  seated(async (peer, params: P) => {
    await handle(peer, params)
    return {}
  })

export function makeHandlers(server: RoomServer): Handlers {
  return {
    createRoom: (connection, params) => server.createRoom(connection, params),
    findRoom: async (_, { roomId }) => ({ room: await server.findRoom(roomId) }),
    joinRoom: (connection, params) => server.joinRoom(connection, params),
    listRooms: (connection, params) => server.listRooms(connection, params),
    leaveRoom: done((peer) => server.leaveRoom(peer)),
    closeRoom: done((peer) => server.closeRoom(peer)),

    listMembers: seated(({ room: { roster } }) => ({ members: roster.members, revision: roster.revision })),
    updateMember: seated((peer, params) => peer.room.update(peer, params)),
    sendChat: seated((peer, params) => peer.room.say(peer, params)),
    chatHistory: seated((peer, params) => peer.room.history(params)),
    relay: done((peer, params) => peer.room.relay(peer, params)),

    createTransport: seated((peer, params) => peer.media.createTransport(params)),
    connectTransport: done((peer, params) => peer.media.connectTransport(params)),
    restartIce: seated((peer, { transportId }) => peer.media.restartIce(transportId)),
    produce: seated((peer, params) => peer.room.produce(peer, params)),
    pauseProducer: done((peer, { producerId }) => peer.media.pauseProducer(producerId)),
    resumeProducer: done((peer, { producerId }) => peer.room.resumeProducer(peer, producerId)),
    closeProducer: done((peer, { producerId }) => peer.media.closeProducer(producerId)),
    consume: seated((peer, { producerId }) => peer.media.consume(producerId)),
    pauseConsumer: done((peer, { consumerId }) => peer.media.pauseConsumer(consumerId)),
    resumeConsumer: done((peer, { consumerId }) => peer.media.resumeConsumer(consumerId)),
    closeConsumer: done((peer, { consumerId }) => peer.media.closeConsumer(consumerId)),
  }
}
