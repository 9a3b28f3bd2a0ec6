import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { asking, startWithKeys, type Ask } from '../support/api.ts'
import { Client } from '../support/Client.ts'
import { rowsOf } from '../support/rows.ts'

/** What paths name of the other tenant. One that is not here fails the test. */
const inPath = (room: string, token: string): Record<string, string> => ({ room, code: room, userId: 'ada', id: token })

/** A body for each operation that takes one; it would change something. */
const bodies: Record<string, (room: string) => object> = {
  'post /rooms': () => ({ name: 'Another' }),
  'put /rooms/{room}': () => ({ name: 'Taken over' }),
  'patch /rooms/{room}': () => ({ name: 'Taken over' }),
  'put /rooms/{room}/members/{userId}': () => ({ role: 'listener' }),
  'post /tokens': (room_id) => ({ room_id, user_name: 'Eve', permissions: { moderate: true } }),
}

/** Operations that name nothing: each is for one's own tenant only. */
const ofOnesOwn = ['get /rooms', 'post /rooms', 'get /tenant', 'get /users/{userId}/rooms']

test('F16: no operation of the document reaches a room, a member or a token of another tenant, by id, slug or code', async () => {
  const { ask, other, dataDir, url } = await startWithKeys()
  const { body: room } = await ask('POST', '/rooms', { name: 'Ours', slug: 'our-own-room', visibility: 'public' })
  await ask('PUT', `/rooms/${room.id}/members/ada`, { role: 'cohost' })
  const { body: token } = await ask('POST', '/tokens', { room_id: room.id, user_name: 'Ada of ours' })
  // Its answer is durable, and so is all that was recorded before it.
  const speaker = await Client.connect(url)
  await speaker.join({ roomId: room.id, name: 'Ada of ours' })
  await speaker.say('Ours')
  const before = rowsOf(dataDir, 'local')
  const heard = speaker.heard.length

  const document = (await ask('GET', '/openapi.json')).body as { paths: Record<string, Record<string, { requestBody?: object }>> }
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { requestBody }]) => ({ method, path, takes: requestBody !== undefined })),
  )
  /** The operation on a room, as one of these programs asks for it. */
  const attempt = (program: Ask, { method, path, takes }: (typeof operations)[number], ref: string) => {
    const filled = path.replaceAll(/\{(\w+)\}/g, (whole, name: string) => inPath(ref, token.id)[name] ?? whole)
    expect(filled, `what ${path} means`).not.toMatch(/[{}]/)
    const body = bodies[`${method} ${path}`]?.(ref)
    expect(body !== undefined, `a body for ${method} ${path}`).toBe(takes)
    return program(method.toUpperCase(), filled, body)
  }
  expect(operations.length).toBeGreaterThan(15)
  for (const operation of operations) {
    const name = `${operation.method} ${operation.path}`
    for (const ref of [room.id, 'our-own-room', room.joinCode] as string[]) {
      const answer = await attempt(other, operation, ref)
      if (ofOnesOwn.includes(name)) expect(answer.status, name).toBeLessThan(300)
      else expect([403, 404], `${name} with ${ref}`).toContain(answer.status)
      expect(JSON.stringify(answer.body), name).not.toMatch(/ours/i)
    }
  }
  expect(rowsOf(dataDir, 'local')).toEqual(before)
  expect(speaker.heard).toHaveLength(heard)

  // The same requests do reach it with the right key; those that take something away come last.
  const inOrder = operations.toSorted((a, b) => Number(a.method === 'delete') - Number(b.method === 'delete'))
  const ofRoom = inOrder.filter(({ path, method }) => !(method === 'delete' && path === '/rooms/{room}'))
  for (const operation of ofRoom) {
    const ref = operation.path.includes('{code}') ? (await ask('GET', `/rooms/${room.id}`)).body.joinCode : room.id
    expect((await attempt(ask, operation, ref)).status, `${operation.method} ${operation.path}`).toBeLessThan(300)
  }
  expect((await ask('DELETE', `/rooms/${room.id}`)).status).toBe(204)
})

test('F16: a slug is one’s tenant’s own, and the older paths lead to rooms of the local tenant only', async () => {
  const { ask, other, url, keys } = await startWithKeys()
  const { body: ours } = await ask('POST', '/rooms', { name: 'Ours', slug: 'our-review' })
  const { body: theirs } = await other('POST', '/rooms', { name: 'Theirs', slug: 'our-review' })
  expect((await ask('GET', '/rooms/our-review')).body.id).toBe(ours.id)
  expect((await other('GET', '/rooms/our-review')).body.id).toBe(theirs.id)
  const older = async (path: string, init?: RequestInit) => (await fetch(`${url}/api/rooms/${path}`, init)).json()
  expect(await older('our-review')).toMatchObject({ room: { id: ours.id } })
  for (const path of [theirs.id, `join/${theirs.joinCode}`]) expect(await older(path)).toMatchObject({ code: 'roomNotFound' })
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${keys[1]}` }
  await older('create', { method: 'POST', headers, body: '{"name":"Theirs, too"}' })
  expect((await ask('GET', '/rooms')).body.rooms).toHaveLength(1)
  expect((await other('GET', '/rooms')).body.rooms).toHaveLength(2)
})

test('F16: over a socket, guests are in the local tenant, and a token leads into its own', async () => {
  const { other, url } = await startWithKeys()
  const { body: room } = await other('POST', '/rooms', { name: 'Theirs' })
  const guest = await Client.connect(url)
  for (const roomId of [room.id, room.joinCode] as string[]) {
    expect(await guest.refusal('findRoom', { roomId })).toBe('roomNotFound')
    expect(await guest.refusal('joinRoom', { roomId, name: 'Eve' })).toBe('roomNotFound')
    expect(await guest.refusal('updateRoom', { roomId, changes: { name: 'Mine' } })).toBe('roomNotFound')
  }
  expect((await guest.request('listRooms', {})).rooms).toEqual([])
  const { body } = await other('POST', '/tokens', { room_id: room.id, user_name: 'Grace' })
  const bearer = await Client.connect(url, { auth: { protocol: 1, token: body.token } })
  expect((await bearer.join({ roomId: room.id, name: 'Anyone' })).self.name).toBe('Grace')
  await guest.request('createRoom', { name: 'Local' })
  expect((await bearer.request('listRooms', {})).rooms.map(({ id }) => id)).toEqual([room.id])
})

test('F16: a tenant that is switched off has no keys and no tokens that are good', async () => {
  const { other, url, dataDir, keys } = await startWithKeys()
  const { body: room } = await other('POST', '/rooms', { name: 'Theirs' })
  const { body } = await other('POST', '/tokens', { room_id: room.id, user_name: 'Grace' })
  const db = new Database(join(dataDir, 'lanyard.db'))
  db.prepare("UPDATE tenants SET active = 0 WHERE id = 'acme'").run()
  db.close()
  expect((await asking(url, keys[1]!)('GET', '/rooms')).body).toMatchObject({ status: 403, code: 'forbidden' })
  await expect(Client.connect(url, { auth: { protocol: 1, token: body.token } })).rejects.toMatchObject({ code: 'unauthorized' })
})

test('F16: the same user id in two tenants is two people: neither sees the other’s name', async () => {
  const { ask, other, url } = await startWithKeys()
  const names: string[] = []
  for (const [program, name] of [
    [ask, 'Ada'],
    [other, 'Eve'],
  ] as const) {
    const { body: room } = await program('POST', '/rooms', { name: 'Review' })
    await program('PUT', `/rooms/${room.id}/members/user-1`, { role: 'cohost' })
    const { body } = await program('POST', '/tokens', { room_id: room.id, user_name: name, user_id: 'user-1' })
    names.push((await program('GET', `/rooms/${room.id}/members`)).body.members[0].name)
    const client = await Client.connect(url, { auth: { protocol: 1, token: body.token } })
    await client.join({ roomId: room.id, name })
    await client.say('Here')
  }
  expect(names).toEqual(['', ''])
  for (const [program, name] of [
    [ask, 'Ada'],
    [other, 'Eve'],
  ] as const) {
    const [room] = (await program('GET', '/rooms')).body.rooms
    expect((await program('GET', `/rooms/${room.id}/members`)).body.members).toMatchObject([{ userId: 'user-1', name }])
  }
})
