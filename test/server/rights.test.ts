import { expect, test } from 'vitest'
import { requests, type RequestName } from '../../src/shared/protocol.ts'
import { may, type Right, type Role } from '../../src/shared/roles.ts'
import { Client, enter, hostRoom } from '../support/Client.ts'
import { startServer } from '../support/server.ts'

/** What each request asks of who sends it: nothing, a seat, a place of any kind, or a right; some are for nobody where the server is as it comes. */
const needs: Record<RequestName, 'nothing' | 'place' | 'seat' | 'never' | Right> = {
  createRoom: 'nothing',
  findRoom: 'nothing',
  joinRoom: 'nothing',
  listRooms: 'nothing',
  myRooms: 'nothing',
  leaveRoom: 'place',
  updateRoom: 'editRoom',
  renewJoinCode: 'editRoom',
  deleteRoom: 'deleteRoom',
  closeRoom: 'closeRoom',
  roomInvitation: 'editRoom',
  saveTemplate: 'nothing',
  listTemplates: 'nothing',
  deleteTemplate: 'nothing',
  roomHistory: 'readHistory',
  roomUsage: 'readHistory',
  roomAudit: 'readAudit',
  listWaiting: 'admit',
  admit: 'admit',
  refuse: 'admit',
  moveWaiting: 'admit',
  messageWaiting: 'admit',
  stopMember: 'stop',
  allowMember: 'stop',
  removeMember: 'remove',
  listBans: 'remove',
  unban: 'remove',
  setRole: 'setRole',
  listMemberships: 'setRole',
  handOver: 'handOver',
  listMembers: 'seat',
  updateMember: 'publish',
  sendChat: 'chat',
  chatHistory: 'seat',
  relay: 'seat',
  ring: 'seat',
  answerRing: 'nothing',
  hangUp: 'nothing',
  introduce: 'never',
  listConnected: 'never',
  createTransport: 'seat',
  connectTransport: 'seat',
  restartIce: 'seat',
  produce: 'publish',
  pauseProducer: 'seat',
  resumeProducer: 'seat',
  closeProducer: 'seat',
  consume: 'subscribe',
  pauseConsumer: 'seat',
  resumeConsumer: 'seat',
  closeConsumer: 'seat',
}

/** Something that parses, and means nothing that is there. */
const params: Partial<Record<RequestName, object>> = {
  createRoom: { name: 'Another' },
  findRoom: { roomId: 'nowhere' },
  joinRoom: { roomId: 'nowhere', name: 'Grace' },
  saveTemplate: { name: 'Weekly', settings: {} },
  deleteTemplate: { templateId: 'none' },
  updateRoom: { changes: { description: 'Changed' } },
  refuse: { waitingId: 'nobody' },
  moveWaiting: { waitingId: 'nobody', place: 1 },
  messageWaiting: { text: 'Hello', waitingId: 'nobody' },
  admit: { waitingId: 'nobody' },
  stopMember: { peerId: 'nobody', sources: ['camera'] },
  allowMember: { peerId: 'nobody', sources: ['camera'] },
  removeMember: { peerId: 'nobody' },
  unban: { userId: 'nobody' },
  setRole: { peerId: 'nobody', role: 'speaker' },
  handOver: { peerId: 'nobody' },
  updateMember: { microphone: true },
  sendChat: { text: 'Hello', clientMessageId: '00000000-0000-4000-8000-000000000000' },
  relay: { to: 'nobody', payload: {} },
  ring: { to: ['nobody'] },
  answerRing: { callId: 'none', accept: true },
  hangUp: { callId: 'none' },
  introduce: { name: 'Grace' },
  createTransport: { direction: 'send' },
  connectTransport: { transportId: 'none', dtlsParameters: { fingerprints: [] } },
  restartIce: { transportId: 'none' },
  produce: { transportId: 'none', source: 'camera', kind: 'video', rtpParameters: {} },
  pauseProducer: { producerId: 'none' },
  resumeProducer: { producerId: 'none' },
  closeProducer: { producerId: 'none' },
  consume: { producerId: 'none' },
  pauseConsumer: { consumerId: 'none' },
  resumeConsumer: { consumerId: 'none' },
  closeConsumer: { consumerId: 'none' },
}
const names = Object.keys(requests) as RequestName[]
/** These end the place from which the rest is asked. */
const last: readonly RequestName[] = ['leaveRoom', 'closeRoom', 'deleteRoom']

interface Standing {
  client: Client
  /** In the room that is asked about. */
  role: Role | null
  isWaiting?: boolean
}

const standings: Record<string, (url: string) => Promise<Standing>> = {
  nobody: async (url) => ({ client: await Client.connect(url), role: null }),
  'someone in the lobby': async (url) => {
    const { room } = await hostRoom(url, { admission: 'lobby' })
    const client = await Client.connect(url)
    await client.request('joinRoom', { roomId: room.id, name: 'Grace' })
    return { client, role: null, isWaiting: true }
  },
  'someone who was removed': async (url) => {
    const { host, room } = await hostRoom(url)
    const { client, joined } = await enter(url, room.joinCode, 'Grace')
    await host.request('removeMember', { peerId: joined.self.peerId })
    await client.take('removed')
    return { client, role: null }
  },
  ...Object.fromEntries(
    (['listener', 'speaker', 'cohost'] as const).map((role) => [
      `a ${role}`,
      async (url: string) => {
        const { host, room } = await hostRoom(url)
        const { client, joined } = await enter(url, room.joinCode, 'Grace')
        if (role !== 'speaker') await host.request('setRole', { peerId: joined.self.peerId, role })
        return { client, role }
      },
    ]),
  ),
  'the host': async (url) => ({ client: (await hostRoom(url)).host, role: 'host' }),
}

/** Whether a request goes beyond the question of who may ask it, for someone of that standing. */
function expected(name: RequestName, { role, isWaiting = false }: Standing): 'passes' | 'notInRoom' | 'forbidden' {
  const need = needs[name]
  if (need === 'nothing') return 'passes'
  if (need === 'never') return 'forbidden'
  if (need === 'place') return role !== null || isWaiting ? 'passes' : 'notInRoom'
  if (role === null) return 'notInRoom'
  return need === 'seat' || may(role, need) ? 'passes' : 'forbidden'
}

for (const [who, make] of Object.entries(standings))
  test(`R11: of all requests, ${who} may make those of their role, and no other`, async () => {
    const server = await startServer()
    let standing = await make(server.url)
    for (const name of [...names.filter((name) => !last.includes(name)), ...last]) {
      if (last.includes(name)) standing = await make(server.url)
      const result = await standing.client.ask(name, params[name] ?? {})
      const code = result.ok ? 'ok' : result.error.code
      expect(code, name).not.toMatch(/badRequest|internal|unknownRequest/)
      const refusal = code === 'notInRoom' || code === 'forbidden' ? code : 'passes'
      expect(refusal, `${who}: ${name} (${code})`).toBe(expected(name, standing))
    }
  })

for (const [who, make] of Object.entries(standings))
  test(`R11: ${who} in another room has no right in this one`, async () => {
    const server = await startServer()
    const { client } = await make(server.url)
    const { room, joined } = await hostRoom(server.url)
    const { roomId, peerId } = { roomId: room.id, peerId: joined.self.peerId }
    for (const name of ['updateRoom', 'renewJoinCode', 'deleteRoom', 'roomHistory', 'roomUsage', 'roomAudit'] as const)
      expect(await client.refusal(name, { changes: {}, roomId }), name).toBe('forbidden')
    for (const name of ['stopMember', 'removeMember', 'setRole', 'handOver', 'relay', 'ring'] as const)
      expect(
        await client.refusal(name, {
          peerId,
          sources: ['camera'],
          role: 'listener',
          to: name === 'ring' ? [peerId] : peerId,
          payload: {},
        }),
        name,
      ).toMatch(/^(notInRoom|forbidden|peerNotFound)$/)
    const { members } = await (await Client.connect(server.url)).join({ roomId, name: 'Witness' })
    expect(members[0]).toMatchObject({ name: 'Ada', role: 'host', stopped: [] })
  })
