import { expect, test } from 'vitest'
import { Client, enter, hostRoom, newDevice } from '../support/Client.ts'
import { startServer } from '../support/server.ts'

/** Someone who knocks, and waits. */
async function knock(url: string, joinCode: string, name: string, more: { queue?: boolean; device?: string } = {}) {
  const client = await Client.connect(url, more.device === undefined ? {} : { device: more.device })
  const admittance = await client.request('joinRoom', { joinCode, name, ...(more.queue && { queue: true }) })
  if (admittance.status !== 'waiting') throw new Error(`${name} should have to wait`)
  return { client, admittance }
}

test('F9: in the lobby one waits, is let in by a host, and is known from then on', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url, { admission: 'lobby' })
  const { client: grace, admittance } = await knock(server.url, room.joinCode, 'Grace')
  expect(admittance).toMatchObject({ status: 'waiting', reason: 'lobby', place: 1, room: { id: room.id } })
  const { waiting } = await host.take('waitingChanged')
  expect(waiting).toMatchObject([{ name: 'Grace', reason: 'lobby' }])
  await host.request('admit', { waitingId: waiting[0]!.waitingId })
  const joined = await grace.take('admitted')
  expect(joined).toMatchObject({ status: 'joined', self: { name: 'Grace', role: 'speaker' } })
  expect(joined.members.map(({ name }) => name)).toEqual(['Ada', 'Grace'])
  expect((await host.take('peerJoined')).member.peerId).toBe(joined.self.peerId)
  await grace.say('Thank you')
  await host.take('chatMessage')
  await grace.request('leaveRoom', {})
  await grace.join({ joinCode: room.joinCode, name: 'Grace' })
})

test('R11: whoever waits hears and sees nothing of the room', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url, { admission: 'lobby' })
  await host.say('Secret')
  const { client: grace, admittance } = await knock(server.url, room.joinCode, 'Grace')
  expect(Object.keys(admittance).sort()).toEqual(['place', 'reason', 'room', 'status'])
  await host.say('Another secret')
  await host.request('updateMember', { microphone: true })
  for (const request of ['listMembers', 'chatHistory', 'createTransport', 'listWaiting'])
    expect(await grace.refusal(request, { direction: 'receive' }), request).toBe('notInRoom')
  // What was sent before has been heard by now.
  await grace.request('findRoom', { roomId: room.id })
  expect(grace.heard.map(({ name }) => name)).toEqual([])
})

test('F9: those who wait can be refused, written to, and let in all at once', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url, { admission: 'lobby' })
  const waiters = []
  for (const name of ['Grace', 'Lin', 'Sam']) waiters.push(await knock(server.url, room.joinCode, name))
  const [grace, lin, sam] = waiters.map(({ client }) => client)
  const { waiting } = await host.request('listWaiting', {})
  expect(waiting.map(({ name }) => name)).toEqual(['Grace', 'Lin', 'Sam'])
  await host.request('messageWaiting', { text: 'Two minutes' })
  for (const client of [grace!, lin!, sam!])
    expect(await client.take('waitingMessage')).toEqual({
      roomId: room.id,
      from: { userId: host.welcome.userId, name: 'Ada' },
      text: 'Two minutes',
    })
  await host.request('refuse', { waitingId: waiting[0]!.waitingId })
  expect(await grace!.take('removed')).toEqual({ roomId: room.id, reason: 'refused' })
  expect(await lin!.take('placeChanged')).toMatchObject({ place: 1 })
  await host.request('admit', {})
  await Promise.all([lin!.take('admitted'), sam!.take('admitted')])
  expect(await host.refusal('admit')).toBe('nobodyWaiting')
  expect(await lin!.refusal('admit')).toBe('forbidden')
})

test('F8: where a room is full one is told so, or waits in line, sees the place, and has the next one that is free', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url, { maxPeers: 2 })
  const { client: inside } = await enter(server.url, room.joinCode, 'Grace')
  const late = await Client.connect(server.url)
  expect(await late.refusal('joinRoom', { joinCode: room.joinCode, name: 'Late' })).toBe('roomFull')
  const first = await knock(server.url, room.joinCode, 'First', { queue: true })
  const second = await knock(server.url, room.joinCode, 'Second', { queue: true })
  expect([first, second].map(({ admittance }) => [admittance.reason, admittance.place])).toEqual([
    ['full', 1],
    ['full', 2],
  ])
  const { waiting } = await host.request('listWaiting', {})
  await host.request('moveWaiting', { waitingId: waiting[1]!.waitingId, place: 1 })
  expect(await second.client.take('placeChanged')).toMatchObject({ place: 1 })
  expect(await first.client.take('placeChanged')).toMatchObject({ place: 2 })
  await inside.request('leaveRoom', {})
  await second.client.take('admitted')
  expect(await first.client.take('placeChanged')).toMatchObject({ place: 1 })
  // Who comes now stands behind those who wait already, and more places are for them first.
  await host.request('updateRoom', { changes: { maxPeers: 3 } })
  await first.client.take('admitted')
})

test('F8: of fifty who wait, a place that becomes free goes to exactly one, in order, whoever asks meanwhile', async () => {
  const server = await startServer()
  const { room } = await hostRoom(server.url, { maxPeers: 2 })
  const { client: inside } = await enter(server.url, room.joinCode, 'Grace')
  const line = []
  for (let i = 0; i < 50; i += 1) line.push((await knock(server.url, room.joinCode, `Guest ${i}`, { queue: true })).client)
  let last = inside
  for (const next of line.slice(0, 10)) {
    const late = await Client.connect(server.url)
    const [, refusal] = await Promise.all([
      last.request('leaveRoom', {}),
      late.refusal('joinRoom', { joinCode: room.joinCode, name: 'Pushes in' }),
    ])
    expect(refusal).toBe('roomFull')
    const { members } = await next.take('admitted')
    expect(members).toHaveLength(2)
    last = next
  }
  expect(line.slice(10).flatMap((client) => client.heard.filter(({ name }) => name === 'admitted'))).toEqual([])
})

test('F8: a place in line survives a lost connection, and one who is away is not waited for', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url, { maxPeers: 2 })
  const { client: inside } = await enter(server.url, room.joinCode, 'Grace')
  const device = newDevice()
  const { client: first } = await knock(server.url, room.joinCode, 'First', { queue: true, device })
  const { client: second } = await knock(server.url, room.joinCode, 'Second', { queue: true })
  first.vanish()
  await host.take('waitingChanged', ({ waiting }) => waiting[0]?.connection === 'reconnecting')
  await inside.request('leaveRoom', {})
  await second.take('admitted')
  const back = await Client.connect(server.url, { device, resume: first.welcome.resume })
  expect(back.welcome.resumed).toMatchObject({ status: 'waiting', reason: 'full', place: 1 })
  await second.request('leaveRoom', {})
  await back.take('admitted')
})

test('F9: who is admitted while the connection is lost finds the seat when it is back', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url, { admission: 'lobby' })
  const device = newDevice()
  const { client } = await knock(server.url, room.joinCode, 'Grace', { device })
  client.vanish()
  await host.request('admit', {})
  expect((await host.take('peerJoined')).member).toMatchObject({ name: 'Grace' })
  const back = await Client.connect(server.url, { device, resume: client.welcome.resume })
  expect(back.resumed?.self).toMatchObject({ name: 'Grace', connection: 'connected' })
})

test('whoever gives up waiting is out of the line; a room that ends tells those before its door', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url, { admission: 'lobby' })
  const { client: grace } = await knock(server.url, room.joinCode, 'Grace')
  const { client: lin } = await knock(server.url, room.joinCode, 'Lin')
  expect(await grace.refusal('joinRoom', { joinCode: room.joinCode, name: 'Grace' })).toBe('alreadyJoined')
  await grace.request('leaveRoom', {})
  expect(await lin.take('placeChanged')).toMatchObject({ place: 1 })
  await host.request('closeRoom', {})
  expect(await lin.take('roomClosed')).toEqual({ roomId: room.id, reason: 'ended' })
  expect(await lin.refusal('leaveRoom')).toBe('notInRoom')
})
