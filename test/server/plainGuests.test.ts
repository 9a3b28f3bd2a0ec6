/** The port without encryption: who comes there watches, listens and chats, and nothing that is secret or a right passes through it. */
import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { RoomSettings } from '../../src/shared/model.ts'
import { requests, type RequestName } from '../../src/shared/protocol.ts'
import { asOwner, type RoomServer, type ServerConfigInput } from '../../src/main/server/index.ts'
import { Client, hostRoom, newDevice } from '../support/Client.ts'
import { startServer, temporaryDirectory } from '../support/server.ts'

const startOpen = (config: Partial<ServerConfigInput> = {}) => startServer({ tls: 'on', plainPort: 0, ...config })
const plainUrl = ({ plainUrls: [url] }: RoomServer) => url!
const secureUrl = ({ port }: RoomServer) => `https://127.0.0.1:${port}`
const comePlain = (server: RoomServer, more: object = {}) => Client.connect(plainUrl(server), { auth: { protocol: 1, ...more } })

/** A room with its host, and a guest in it who has come without encryption. */
async function withGuest(config: Partial<ServerConfigInput> = {}) {
  const server = await startOpen(config)
  const { host, room } = await hostRoom(server.url)
  const guest = await comePlain(server)
  const joined = await guest.join({ joinCode: room.joinCode, name: 'Grace' })
  return { server, host, room, guest, joined }
}

describe('what they may ask', () => {
  /** Requests that pass, with parameters that mean something or nothing that is there, and what then answers. */
  const passing: Partial<Record<RequestName, object>> = {
    listRooms: {},
    findRoom: { roomId: 'nowhere' },
    joinRoom: { roomId: 'nowhere', name: 'Grace' },
    listMembers: {},
    updateMember: { microphone: false },
    sendChat: { text: 'Hello', clientMessageId: '00000000-0000-4000-8000-000000000000' },
    chatHistory: {},
    createTransport: { direction: 'receive', rtpCapabilities: {} },
    connectTransport: { transportId: 'none', dtlsParameters: { fingerprints: [] } },
    restartIce: { transportId: 'none' },
    consume: { producerId: 'none' },
    pauseConsumer: { consumerId: 'none' },
    resumeConsumer: { consumerId: 'none' },
    closeConsumer: { consumerId: 'none' },
    leaveRoom: {},
  }
  /** Requests that are refused, some of them only for what is in them. */
  const refused: [RequestName, object][] = [
    ['createRoom', { name: 'Another' }],
    ['createRoom', { roomId: 'nowhere' }],
    ['joinRoom', { roomId: 'nowhere', name: 'Grace', password: 'secret' }],
    ['joinRoom', { roomId: 'nowhere', name: 'Grace', hostKey: 'secret' }],
    ['joinRoom', { token: 'secret' }],
    ['joinRoom', { roomId: 'nowhere', name: 'Grace', microphone: true }],
    ['joinRoom', { roomId: 'nowhere', name: 'Grace', camera: true }],
    ['joinRoom', { roomId: 'nowhere', name: 'Grace', screen: true }],
    ['updateMember', { microphone: true }],
    ['updateMember', { camera: true }],
    ['updateMember', { screen: true, microphone: false }],
    ['createTransport', { direction: 'send' }],
    ['produce', { transportId: 'none', source: 'camera', kind: 'video', rtpParameters: {} }],
    ['pauseProducer', { producerId: 'none' }],
    ['resumeProducer', { producerId: 'none' }],
    ['closeProducer', { producerId: 'none' }],
    ['updateRoom', { changes: { description: 'Changed' } }],
    ['renewJoinCode', {}],
    ['deleteRoom', {}],
    ['closeRoom', {}],
    ['roomInvitation', {}],
    ['saveTemplate', { name: 'Weekly', settings: {} }],
    ['listTemplates', {}],
    ['deleteTemplate', { templateId: 'none' }],
    ['roomHistory', {}],
    ['roomUsage', {}],
    ['roomAudit', {}],
    ['myRooms', {}],
    ['listWaiting', {}],
    ['admit', {}],
    ['refuse', { waitingId: 'nobody' }],
    ['moveWaiting', { waitingId: 'nobody', place: 1 }],
    ['messageWaiting', { text: 'Hello' }],
    ['stopMember', { peerId: 'nobody', sources: ['camera'] }],
    ['allowMember', { peerId: 'nobody', sources: ['camera'] }],
    ['removeMember', { peerId: 'nobody' }],
    ['listBans', {}],
    ['unban', { userId: 'nobody' }],
    ['setRole', { peerId: 'nobody', role: 'speaker' }],
    ['listMemberships', {}],
    ['handOver', { peerId: 'nobody' }],
    ['relay', { to: 'nobody', payload: {} }],
    ['ring', { to: ['nobody'] }],
    ['answerRing', { callId: 'none', accept: true }],
    ['hangUp', { callId: 'none' }],
    ['introduce', { name: 'Grace' }],
    ['listConnected', {}],
  ]

  test('F63: every request is either to watch, to listen or to chat, or refused with the address that is encrypted', async () => {
    expect([...new Set([...Object.keys(passing), ...refused.map(([name]) => name)])].sort()).toEqual(Object.keys(requests).sort())
    const { server, guest } = await withGuest({ directCalls: true, autoCreate: true })
    for (const [name, params] of refused)
      expect(await guest.ask(name, params), `${name} ${JSON.stringify(params)}`).toMatchObject({
        ok: false,
        error: { code: 'encryptionRequired', details: { url: secureUrl(server) } },
      })
    for (const [name, params] of Object.entries(passing)) {
      const answer = await guest.ask(name, params)
      if (!answer.ok)
        expect(answer.error.code, name).not.toBeOneOf(['encryptionRequired', 'badRequest', 'internal', 'unknownRequest'])
    }
  })

  test('someone who stands outside is refused the same', async () => {
    const server = await startOpen({ directCalls: true, autoCreate: true })
    const guest = await comePlain(server)
    for (const [name, params] of refused) expect(await guest.refusal(name, params), name).toBe('encryptionRequired')
    expect(await guest.refusal('joinRoom', { roomId: 'made-by-joining', name: 'Grace' })).toBe('roomNotFound')
  })
})

describe('who comes', () => {
  test('is told so, and where encryption is, and is seen as such by the others', async () => {
    const { server, host, guest, joined } = await withGuest()
    expect(guest.welcome).toMatchObject({ features: { plain: true, directCalls: false }, server: { urls: [secureUrl(server)] } })
    expect(host.welcome.features['plain']).toBe(false)
    expect(joined.self).toMatchObject({ role: 'listener', plain: true })
    expect((await host.take('peerJoined')).member).toMatchObject({ name: 'Grace', role: 'listener', plain: true })
    const { message } = await guest.say('I can read you')
    expect((await host.take('chatMessage')).message).toEqual(message)
  })

  test('with a secret is refused, so that it is noticed: a device, a token, a token in the address', async () => {
    const server = await startOpen()
    const secrets = [{ device: newDevice() }, { token: randomBytes(32).toString('base64url') }]
    for (const secret of secrets) await expect(comePlain(server, secret)).rejects.toMatchObject({ code: 'encryptionRequired' })
    await expect(Client.connect(`${plainUrl(server)}?token=x`, { auth: { protocol: 1 } })).rejects.toThrow()
  })

  test('is nobody whom the server has known before', async () => {
    const { server, guest, room } = await withGuest()
    const again = await comePlain(server)
    expect(again.welcome.userId).not.toBe(guest.welcome.userId)
    expect((await again.join({ joinCode: room.joinCode, name: 'Grace' })).self.role).toBe('listener')
  })
})

describe('rooms', () => {
  const closed: Record<string, Partial<RoomSettings>> = {
    'a private room': { visibility: 'private' },
    'one with a password': { password: 'open sesame' },
    'one with a lobby': { admission: 'lobby' },
  }
  for (const [which, settings] of Object.entries(closed)) {
    test(`${which} is not entered, found or listed without encryption, nor told of`, async () => {
      const server = await startOpen()
      const { host, room } = await hostRoom(server.url, settings)
      const guest = await comePlain(server)
      for (const roomId of [room.id, room.joinCode]) {
        expect(await guest.refusal('findRoom', { roomId })).toBe('encryptionRequired')
        expect(await guest.refusal('joinRoom', { roomId, name: 'Grace', queue: true })).toBe('encryptionRequired')
      }
      expect(await guest.request('listRooms', {})).toEqual({ rooms: [], cursor: null })
      await host.request('updateRoom', { changes: { description: 'Nobody else’s business' } })
      const other = await hostRoom(server.url, { slug: 'open' })
      await guest.take('roomChanged', (heard) => heard.room.slug === 'open')
      expect(JSON.stringify(guest.heard)).not.toContain('Nobody else')
      await other.host.request('deleteRoom', {})
    })

    test(`when a room becomes ${which.replace('one', 'a room')}, those inside without encryption are sent out first`, async () => {
      const { server, host, guest, room } = await withGuest()
      const watcher = await comePlain(server)
      await watcher.request('listRooms', {})
      await host.request('updateRoom', { changes: { ...settings, description: 'Nobody else’s business' } })
      expect(await guest.take('removed')).toEqual({ roomId: room.id, reason: 'encryptionRequired' })
      expect(await guest.refusal('listMembers')).toBe('notInRoom')
      expect(await watcher.take('roomGone')).toEqual({ roomId: room.id })
      expect(JSON.stringify([guest.heard, watcher.heard])).not.toContain('Nobody else')
      await expect.poll(async () => (await host.request('listMembers', {})).members).toHaveLength(1)
    })
  }

  test('hidden ones leave no trace in the list: no id, no page, no count, no name', async () => {
    const server = await startOpen()
    const guest = await comePlain(server)
    await guest.request('listRooms', {})
    const owner = await Client.connect(server.url)
    const { room: hidden } = await owner.request('createRoom', { name: 'Salaries', password: 'open sesame' })
    await owner.request('updateRoom', { roomId: hidden.id, changes: { visibility: 'private', password: null } })
    const { room: other } = await owner.request('createRoom', { name: 'Salaries, too', admission: 'lobby' })
    await owner.request('deleteRoom', { roomId: other.id })
    // Older than all that is hidden, and yet on the first page.
    const { room: open } = await owner.request('createRoom', { name: 'Open' })
    await guest.take('roomChanged', ({ room }) => room.id === open.id)
    for (let i = 0; i < 60; i += 1) await owner.request('createRoom', { name: `Hidden ${i}`, admission: 'lobby' })
    const { rooms, cursor } = await guest.request('listRooms', {})
    expect([rooms.map(({ id }) => id), cursor]).toEqual([[open.id], null])
    expect(await guest.request('listRooms', { query: 'Hidden' })).toEqual({ rooms: [], cursor: null })
    // What is told next is told after all that was due before.
    await owner.request('deleteRoom', { roomId: open.id })
    await guest.take('roomGone', ({ roomId }) => roomId === open.id)
    expect(guest.heard).toEqual([])
  })

  test('people in hidden rooms crowd no open one out of the list', async () => {
    const server = await startOpen()
    const { room } = await hostRoom(server.url)
    for (let i = 0; i < 50; i += 1) {
      const { host, room: hidden } = await hostRoom(server.url, { admission: 'lobby' })
      const secondWindow = await Client.connect(server.url, { device: host.device })
      await secondWindow.join({ roomId: hidden.id, name: 'Ada' })
    }
    const { rooms } = await (await comePlain(server)).request('listRooms', {})
    expect(rooms).toMatchObject([{ id: room.id, present: 1 }])
  })

  test('one that was shown, and is hidden and shown in one burst, is told of as it is at the end', async () => {
    const server = await startOpen()
    const guest = await comePlain(server)
    await guest.request('listRooms', {})
    const owner = await Client.connect(server.url)
    const { room } = await owner.request('createRoom', { name: 'Open' })
    await guest.take('roomChanged')
    const change = (changes: RoomSettings) => owner.request('updateRoom', { roomId: room.id, changes })
    await Promise.all([change({ locked: true }), change({ password: 'open sesame' })])
    expect(await guest.take('roomGone')).toEqual({ roomId: room.id })
    await change({ password: null, locked: false })
    await guest.take('roomChanged', (news) => news.room.id === room.id && !news.room.locked)
  })

  test('the key of a room’s link is told in the clear nowhere, so that nobody comes in with it once the room is closed to such', async () => {
    const server = await startOpen()
    const { host, room } = await hostRoom(server.url, { maxPeers: 2 })
    expect(room.linkKey).not.toBeNull()
    const [watcher, guest, queued] = [await comePlain(server), await comePlain(server), await comePlain(server)]
    expect((await watcher.request('listRooms', {})).rooms).toMatchObject([{ id: room.id, linkKey: null }])
    expect((await watcher.request('findRoom', { roomId: room.id })).room.linkKey).toBeNull()
    const { resume } = guest.welcome
    expect((await guest.join({ roomId: room.id, name: 'Grace' })).room.linkKey).toBeNull()
    expect(await queued.request('joinRoom', { roomId: room.id, name: 'Lin', queue: true })).toMatchObject({
      ...{ status: 'waiting', room: { linkKey: null } },
    })
    await host.request('updateRoom', { changes: { description: 'Read by everybody', maxPeers: 3 } })
    for (const plain of [watcher, guest])
      expect(await plain.take('roomChanged', (news) => news.room.description !== '')).toMatchObject({ room: { linkKey: null } })
    expect((await host.take('roomChanged', (news) => news.room.description !== '')).room.linkKey).toBe(room.linkKey)
    expect((await queued.take('admitted')).room.linkKey).toBeNull()
    guest.vanish()
    await host.take('peerReconnecting')
    const back = await comePlain(server, { resume })
    expect(back.resumed?.room.linkKey).toBeNull()
    for (const { heard, welcome } of [watcher, guest, queued, back])
      expect(JSON.stringify([heard, welcome])).not.toContain(room.linkKey!)
  })

  test('someone in the line for a place is sent away as well', async () => {
    const server = await startOpen()
    const { host, room } = await hostRoom(server.url, { maxPeers: 1 })
    const guest = await comePlain(server)
    expect(await guest.request('joinRoom', { roomId: room.id, name: 'Grace', queue: true })).toMatchObject({ status: 'waiting' })
    await host.request('updateRoom', { changes: { visibility: 'private' } })
    expect(await guest.take('removed')).toMatchObject({ reason: 'encryptionRequired' })
  })
})

describe('roles', () => {
  test('are given to none of them, by whomever, and none of them stands in for the host', async () => {
    const { host, guest, joined } = await withGuest()
    const { peerId } = joined.self
    for (const role of ['cohost', 'speaker', 'listener'] as const)
      expect(await host.refusal('setRole', { peerId, role }), role).toBe('forbidden')
    expect(await host.refusal('handOver', { peerId })).toBe('forbidden')
    await host.request('leaveRoom', {})
    await guest.take('peerLeft')
    const { members } = await guest.request('listMembers', {})
    expect(members).toMatchObject([{ peerId, role: 'listener' }])
    expect(members[0]).not.toHaveProperty('standsIn')
  })

  test('and nobody rings them, as they could not answer', async () => {
    const { host, joined } = await withGuest()
    expect(await host.refusal('ring', { to: [joined.self.peerId] })).toBe('peerNotFound')
  })

  test('that are stored for such a person by a program let them do nothing more', async () => {
    const { server, host, guest, joined } = await withGuest()
    const { room } = joined
    const answer = await asOwner(server.dataDir, (ask) =>
      ask('PUT', `/api/v1/rooms/${room.id}/members/${joined.self.userId}`, { body: { role: 'cohost' } }),
    )
    expect(answer.ok).toBe(true)
    expect((await host.take('peerChanged')).member).toMatchObject({ role: 'cohost', plain: true })
    await host.request('leaveRoom', {})
    await guest.take('peerLeft')
    expect((await guest.request('listMembers', {})).members[0]).not.toHaveProperty('standsIn')
    expect(await guest.refusal('updateRoom', { changes: { locked: true } })).toBe('encryptionRequired')
    expect(await guest.refusal('produce', { transportId: 'none', source: 'camera', kind: 'video', rtpParameters: {} })).toBe(
      'encryptionRequired',
    )
  })
})

describe('a seat', () => {
  test('is taken back without encryption by whoever had it so, and with encryption by nobody', async () => {
    const { server, host, guest, joined } = await withGuest()
    const { resume } = guest.welcome
    guest.vanish()
    await host.take('peerReconnecting')
    const thief = await Client.connect(secureUrl(server), { anyCertificate: true, auth: { protocol: 1, resume } })
    expect(thief.welcome.resumed).toBeNull()
    const back = await comePlain(server, { resume })
    expect(back.resumed?.self).toMatchObject({ peerId: joined.self.peerId, plain: true, role: 'listener' })
  })

  test('of someone who came with encryption is not taken back without', async () => {
    const server = await startOpen()
    const { room } = await hostRoom(server.url)
    const nameless = await Client.connect(server.url, { auth: { protocol: 1 } })
    await nameless.join({ roomId: room.id, name: 'Grace' })
    nameless.vanish()
    const thief = await comePlain(server, { resume: nameless.welcome.resume })
    expect(thief.welcome.resumed).toBeNull()
  })

  test('is not kept when the server ends', async () => {
    const dataDir = await temporaryDirectory()
    const { server, guest } = await withGuest({ dataDir })
    const { resume } = guest.welcome
    await server.close()
    const again = await startOpen({ dataDir })
    expect((await comePlain(again, { resume })).welcome.resumed).toBeNull()
    const secure = await Client.connect(secureUrl(again), { anyCertificate: true, auth: { protocol: 1, resume } })
    expect(secure.welcome.resumed).toBeNull()
  })
})

describe('over HTTP', () => {
  test('the port serves pages and nothing that takes a key or gives numbers', async () => {
    const server = await startOpen()
    for (const path of ['/api/v1/rooms', '/api/v1/openapi.json', '/api/docs', '/api/rooms/join/ABC123', '/metrics', '/readyz']) {
      const answer = await fetch(new URL(path, plainUrl(server)), { headers: { Authorization: 'Bearer lk_none' } })
      expect(answer.status, path).toBe(403)
      expect(await answer.json(), path).toMatchObject({ code: 'encryptionRequired' })
    }
    expect((await fetch(new URL('/healthz', plainUrl(server)))).status).toBe(200)
    const posted = await fetch(new URL('/api/rooms/create', plainUrl(server)), { method: 'POST', body: '{}' })
    expect(posted.status).toBe(403)
  })

  test('connections are WebSockets, and none begins on one port to go on on the other', async () => {
    const server = await startOpen()
    const poll = (url: string, more = '') => fetch(`${url}/socket.io/?EIO=4&transport=polling${more}`)
    expect((await poll(plainUrl(server))).status).toBe(400)
    const { sid } = JSON.parse((await (await poll(server.url)).text()).slice(1)) as { sid: string }
    const upgrade = new WebSocket(`${plainUrl(server).replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket&sid=${sid}`)
    await new Promise((resolve) => upgrade.addEventListener('error', resolve))
    // The connection is there still, for whoever has begun it.
    expect((await poll(server.url, `&sid=${sid}`)).status).toBe(200)
  })
})

describe('the port', () => {
  test('is not there where nothing is said', async () => {
    expect((await startServer({ tls: 'on' })).plainUrls).toEqual([])
  })

  test('is opened only beside an encrypted one, and named where it is taken', async () => {
    await expect(startServer({ plainPort: 0 })).rejects.toThrow(/led to the encrypted port/)
    const server = await startOpen()
    const plainPort = Number(new URL(plainUrl(server)).port)
    await expect(startServer({ tls: 'on', plainPort })).rejects.toMatchObject({
      message: `Port ${plainPort} is in use`,
      hint: 'choose another with --plain-port',
    })
  })

  test('is free again when the server has ended', async () => {
    const server = await startOpen()
    const plainPort = Number(new URL(plainUrl(server)).port)
    await comePlain(server)
    await server.close()
    await startOpen({ plainPort })
  })
})
