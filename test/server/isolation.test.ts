import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { requests, type RequestName } from '../../src/shared/protocol.ts'
import { startWithKeys, type Ask } from '../support/api.ts'
import { Client } from '../support/Client.ts'
import { rowsOf } from '../support/rows.ts'

/** What Opus is sent with. */
const opus = {
  mid: '0',
  codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2, parameters: {}, rtcpFeedback: [] }],
  encodings: [{ ssrc: 1_111 }],
  rtcp: { cname: 'kestrel' },
}
const dtlsParameters = { role: 'client' as const, fingerprints: [{ algorithm: 'sha-256', value: 'AA' }] }

/** Someone with a token that a program has made for its room. */
async function bearer(url: string, program: Ask, room_id: string, user_name: string, moderate = false): Promise<Client> {
  const { body } = await program('POST', '/tokens', { room_id, user_name, permissions: { moderate } })
  return Client.connect(url, { auth: { protocol: 1, token: body.token } })
}

/** A tenant with one of everything that a request can name. All its names have `Kestrel` in them. */
async function inhabited(url: string, program: Ask) {
  const { body: room } = await program('POST', '/rooms', { name: 'Kestrel', slug: 'kestrel-room', maxPeers: 2 })
  const join = async (name: string, moderate = false) => {
    const client = await bearer(url, program, room.id, name, moderate)
    return { client, ...(await client.join({ roomId: room.id, name })) }
  }
  const ada = await join('Ada Kestrel', true)
  const eve = await join('Eve Kestrel')
  await ada.client.request('removeMember', { peerId: eve.self.peerId, ban: true })
  const ben = await join('Ben Kestrel')
  const cyd = await bearer(url, program, room.id, 'Cyd Kestrel')
  await cyd.request('joinRoom', { roomId: room.id, name: 'Cyd', queue: true })
  const dan = await bearer(url, program, room.id, 'Dan Kestrel')
  const { rtpCapabilities } = ada
  const { transportId } = await ada.client.request('createTransport', { direction: 'send' })
  const sent = { transportId, source: 'microphone', kind: 'audio', rtpParameters: opus } as const
  const { producerId } = await ada.client.request('produce', sent)
  await ben.client.request('createTransport', { direction: 'receive', rtpCapabilities })
  const { consumerId } = await ben.client.request('consume', { producerId })
  const { call } = await ada.client.request('ring', { to: [ben.self.peerId] })
  const { template } = await ada.client.request('saveTemplate', { name: 'Settings Kestrel', settings: {} })
  const { waiting } = await ada.client.request('listWaiting', {})
  // Stored in order, so that all before it is stored by now.
  await ada.client.say('A word Kestrel')
  return {
    refs: [room.id, room.slug, room.joinCode, `${room.joinCode}.${room.linkKey}`] as string[],
    people: [ada.client, ben.client, cyd, dan],
    peerId: ada.self.peerId,
    userId: ada.self.userId,
    banned: eve.self.userId,
    outside: dan.welcome.connectionId,
    waitingId: waiting[0]!.waitingId,
    ...{ transportId, producerId, consumerId, callId: call.callId, templateId: template.templateId },
  }
}
type Theirs = Awaited<ReturnType<typeof inhabited>>

const nothing = () => [{}]
const oneOf = ({ refs }: Theirs) => refs.map((roomId) => ({ roomId }))

/** Each request, aimed at what is another tenant's. A new request is asked for by the compiler. */
const attempts: Record<RequestName, (theirs: Theirs) => object[]> = {
  // Whoever calls outside of rooms has said who they are.
  introduce: () => [{ name: 'Me' }],
  createRoom: (theirs) => [...oneOf(theirs), { name: 'Mine', templateId: theirs.templateId }],
  findRoom: oneOf,
  updateRoom: ({ refs }) => refs.map((roomId) => ({ roomId, changes: { name: 'Taken over' } })),
  renewJoinCode: oneOf,
  deleteRoom: oneOf,
  roomInvitation: oneOf,
  roomHistory: oneOf,
  roomUsage: oneOf,
  roomAudit: oneOf,
  joinRoom: ({ refs }) => [...refs.map((roomId) => ({ roomId, name: 'Me' })), { joinCode: refs[2], name: 'Me', queue: true }],
  listRooms: () => [{}, { query: 'kestrel' }, { cursor: '2999-01-01T00:00:00.000Z~x' }],
  myRooms: nothing,
  listWaiting: nothing,
  admit: ({ waitingId }) => [{ waitingId }, {}],
  refuse: ({ waitingId }) => [{ waitingId }],
  moveWaiting: ({ waitingId }) => [{ waitingId, place: 1 }],
  messageWaiting: ({ waitingId }) => [{ waitingId, text: 'Hello' }, { text: 'Hello' }],
  stopMember: ({ peerId }) => [{ peerId, sources: ['microphone'] }],
  allowMember: ({ peerId }) => [{ peerId, sources: ['microphone'] }],
  removeMember: ({ peerId }) => [{ peerId, ban: true }],
  listBans: nothing,
  unban: ({ banned }) => [{ userId: banned }],
  setRole: ({ peerId }) => [{ peerId, role: 'listener' }],
  handOver: ({ peerId }) => [{ peerId }],
  listMemberships: nothing,
  saveTemplate: () => [{ name: 'Settings of mine', settings: {} }],
  listTemplates: nothing,
  deleteTemplate: ({ templateId }) => [{ templateId }],
  listMembers: nothing,
  updateMember: () => [{ microphone: true }],
  sendChat: () => [{ text: 'Hello', clientMessageId: randomUUID() }],
  chatHistory: () => [{}, { after: '0' }, { before: '1000' }],
  relay: ({ refs, peerId, outside }) => [
    { to: peerId, payload: {} },
    { to: outside, payload: {} },
    ...refs.map((roomId) => ({ to: peerId, payload: {}, roomId })),
  ],
  ring: ({ peerId, outside }) => [{ to: [peerId] }, { to: [outside] }],
  answerRing: ({ callId }) => [{ callId, accept: true }],
  hangUp: ({ callId }) => [{ callId }],
  listConnected: nothing,
  createTransport: () => [{ direction: 'send' }],
  connectTransport: ({ transportId }) => [{ transportId, dtlsParameters }],
  restartIce: ({ transportId }) => [{ transportId }],
  produce: ({ transportId }) => [{ transportId, source: 'microphone', kind: 'audio', rtpParameters: opus }],
  pauseProducer: ({ producerId }) => [{ producerId }],
  resumeProducer: ({ producerId }) => [{ producerId }],
  closeProducer: ({ producerId }) => [{ producerId }],
  consume: ({ producerId }) => [{ producerId }],
  pauseConsumer: ({ consumerId }) => [{ consumerId }],
  resumeConsumer: ({ consumerId }) => [{ consumerId }],
  closeConsumer: ({ consumerId }) => [{ consumerId }],
  // These end the place from which the rest is asked.
  closeRoom: nothing,
  leaveRoom: nothing,
}

/** Those who lead a room of their own, with all that it takes to receive, and those who are in none. */
const strangers: Record<string, { of: 'local' | 'acme'; make: (url: string, program: Ask) => Promise<Client> }> = {
  'the bearer of another tenant’s token, in its room': {
    of: 'acme',
    make: async (url, program) => {
      const { body: room } = await program('POST', '/rooms', { name: 'Mine' })
      return receiving(await bearer(url, program, room.id, 'Me', true), room.id)
    },
  },
  'the bearer of another tenant’s token, in no room': {
    of: 'acme',
    make: async (url, program) => {
      const { body: room } = await program('POST', '/rooms', { name: 'Mine' })
      return bearer(url, program, room.id, 'Me', true)
    },
  },
  'a guest who is host of a room of the local tenant': {
    of: 'local',
    make: async (url) => {
      const client = await Client.connect(url)
      const { room } = await client.request('createRoom', { name: 'Mine' })
      return receiving(client, room.id)
    },
  },
  'a guest in no room': { of: 'local', make: (url) => Client.connect(url) },
}

async function receiving(client: Client, roomId: string): Promise<Client> {
  const { rtpCapabilities } = await client.join({ roomId, name: 'Me' })
  await client.request('createTransport', { direction: 'receive', rtpCapabilities })
  return client
}

for (const [who, { of, make }] of Object.entries(strangers))
  test(`F16: by no request over a socket does ${who} reach a room, a member or a call of another tenant`, async () => {
    const { url, ask, other, dataDir } = await startWithKeys({ directCalls: true })
    const [theirTenant, theirProgram, ownProgram] =
      of === 'acme' ? (['local', ask, other] as const) : (['acme', other, ask] as const)
    const theirs = await inhabited(url, theirProgram)
    const stranger = await make(url, ownProgram)
    const { people, refs, ...ids } = theirs
    const named = (text: string) => [...refs, ...Object.values(ids)].filter((id) => text.includes(id))
    const before = rowsOf(dataDir, theirTenant)
    const heard = people.map((client) => client.heard.length)

    expect(Object.keys(attempts).sort()).toEqual(Object.keys(requests).sort())
    for (const [name, make] of Object.entries(attempts))
      for (const params of make(theirs)) {
        const result = await stranger.ask(name, params)
        const answer = JSON.stringify(result)
        const attempt = `${name} ${JSON.stringify(params)}: ${answer}`
        expect(answer, attempt).not.toMatch(/kestrel|badRequest|internal|rateLimited/i)
        expect(named(answer), attempt).toEqual([])
        if (named(JSON.stringify(params)).length > 0) expect(result.ok, attempt).toBe(false)
      }
    // Durable, and so is all that was recorded before it.
    await ownProgram('POST', '/rooms', { name: 'Mine, too' })
    expect(rowsOf(dataDir, theirTenant)).toEqual(before)
    expect(people.map((client) => client.heard.length)).toEqual(heard)
    expect(JSON.stringify(stranger.heard)).not.toMatch(/kestrel/i)
  })
