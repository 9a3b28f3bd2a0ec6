import { AppError } from '../../shared/errors.ts'
import type { Params, RequestName, Value } from '../../shared/protocol.ts'
import type { Right } from '../../shared/roles.ts'
import type { Connection } from './Connection.ts'
import type { Peer } from './Peer.ts'
import * as moderation from './moderation.ts'
import { PersonBudgets } from './PersonBudgets.ts'
import { Records } from './Records.ts'
import type { RoomServer } from './RoomServer.ts'
import type { Store } from './store/Store.ts'

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

/** The same, for those who may do something of that kind. */
const leading = <P>(right: Right, handle: (peer: Peer, params: P) => void) =>
  done((peer, params: P) => {
    peer.room.require(peer, right)
    handle(peer, params)
  })

export function makeHandlers(server: RoomServer, store: Store): Handlers {
  const records = new Records(server, store)
  const budgets = new PersonBudgets()
  return {
    createRoom: async (connection, params) => server.createRoom(connection, await records.fromTemplate(connection, params)),
    findRoom: async (connection, { roomId }) => ({ room: await server.findRoom(connection, roomId) }),
    updateRoom: (connection, params) => server.updateRoom(connection, params),
    renewJoinCode: (connection, params) => server.renewJoinCode(connection, params),
    deleteRoom: async (connection, params) => {
      await server.deleteRoom(connection, params)
      return {}
    },
    roomInvitation: (connection, params) => records.roomInvitation(connection, params),
    saveTemplate: (connection, params) => records.saveTemplate(connection, params),
    listTemplates: (connection) => records.listTemplates(connection),
    deleteTemplate: async (connection, { templateId }) => {
      await records.deleteTemplate(connection, templateId)
      return {}
    },
    roomHistory: (connection, params) => records.roomHistory(connection, params),
    roomUsage: (connection, params) => records.roomUsage(connection, params),
    roomAudit: (connection, params) => records.roomAudit(connection, params),
    myRooms: (connection, params) => records.myRooms(connection, params),
    joinRoom: (connection, params) => server.entrance.join(connection, params),
    listRooms: (connection, params) => server.listRooms(connection, params),
    leaveRoom: (connection) => {
      server.leaveRoom(connection)
      return {}
    },
    closeRoom: done((peer) => server.closeRoom(peer)),

    listWaiting: seated((peer) => {
      peer.room.require(peer, 'admit')
      return { waiting: peer.room.door.waiting.waiting }
    }),
    admit: leading('admit', (peer, { waitingId }) => peer.room.door.admit(peer, waitingId)),
    refuse: leading('admit', (peer, { waitingId }) => peer.room.door.refuse(peer, waitingId)),
    moveWaiting: leading('admit', (peer, { waitingId, place }) => peer.room.door.move(waitingId, place)),
    messageWaiting: leading('admit', (peer, { text, waitingId }) => peer.room.door.message(peer, text, waitingId)),

    stopMember: done((peer, params) => moderation.stopMember(peer, params)),
    allowMember: done((peer, params) => moderation.allowMember(peer, params)),
    removeMember: done((peer, params) => moderation.removeMember(store, peer, params)),
    listBans: seated((peer) => moderation.listBans(store, peer)),
    unban: done((peer, { userId }) => moderation.unban(store, peer, userId)),
    setRole: done((peer, params) => moderation.setRole(store, peer, params)),
    handOver: done((peer, { peerId }) => moderation.handOver(store, peer, peerId)),
    listMemberships: seated((peer) => moderation.listMemberships(store, peer)),

    listMembers: seated(({ room: { roster } }) => ({ members: roster.members, revision: roster.revision })),
    updateMember: seated((peer, params) => peer.room.update(peer, params)),
    sendChat: seated(async (peer, params) => {
      await budgets.spend('chat', peer.seat.userId, params.text.length)
      return peer.room.say(peer, params)
    }),
    chatHistory: seated((peer, params) => peer.room.history(params)),
    relay: async (connection, params) => {
      await budgets.spend('relay', connection.userId, JSON.stringify(params.payload).length)
      if (connection.peer) connection.peer.room.relay(connection.peer, params)
      else if (params.roomId !== undefined) throw new AppError('notInRoom', 'You are in no room; join one first')
      else server.calls.relay(connection, params.to, params.payload)
      return {}
    },
    ring: async (connection, params) => {
      await budgets.spend('ring', connection.userId)
      return { call: server.calls.ring(connection, params) }
    },
    answerRing: (connection, params) => ({ call: server.calls.answer(connection, params) }),
    hangUp: (connection, { callId }) => {
      server.calls.hangUp(connection, callId)
      return {}
    },
    introduce: (connection, { name }) => {
      server.calls.introduce(connection, name)
      return {}
    },
    listConnected: (connection) => ({ people: server.calls.connected(connection) }),

    createTransport: seated((peer, params) => peer.media.createTransport(params)),
    connectTransport: done((peer, params) => peer.media.connectTransport(params)),
    restartIce: seated((peer, { transportId }) => peer.media.restartIce(transportId)),
    produce: seated((peer, params) => peer.room.sending.produce(peer, params)),
    pauseProducer: done((peer, { producerId }) => peer.media.pauseProducer(producerId)),
    resumeProducer: done((peer, { producerId }) => peer.room.sending.resume(peer, producerId)),
    closeProducer: done((peer, { producerId }) => peer.media.closeProducer(producerId)),
    consume: seated((peer, { producerId }) => {
      peer.room.require(peer, 'subscribe')
      return peer.media.consume(producerId)
    }),
    pauseConsumer: done((peer, { consumerId }) => peer.media.pauseConsumer(consumerId)),
    resumeConsumer: done((peer, { consumerId }) => peer.media.resumeConsumer(consumerId)),
    closeConsumer: done((peer, { consumerId }) => peer.media.closeConsumer(consumerId)),
  }
}
