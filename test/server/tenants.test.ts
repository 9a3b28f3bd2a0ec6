import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { asking, startWithKeys } from '../support/api.ts'
import { Client } from '../support/Client.ts'

/** All that is stored, but for when keys were used. */
function contents(dataDir: string): object {
  const db = new Database(join(dataDir, 'lanyard.db'), { readonly: true })
  const tables = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all() as string[]
  const rows = tables.filter((name) => name !== 'api_keys').map((name) => [name, db.prepare(`SELECT * FROM ${name}`).all()])
  db.close()
  return Object.fromEntries(rows)
}

/** A body for each operation that takes one; it would change something. */
const bodies: Record<string, (room: string) => object> = {
  'put /rooms/{room}': () => ({ name: 'Taken over' }),
  'patch /rooms/{room}': () => ({ name: 'Taken over' }),
  'put /rooms/{room}/members/{userId}': () => ({ role: 'cohost' }),
  'post /tokens': (room_id) => ({ room_id, user_name: 'Eve', permissions: { moderate: true } }),
}

/** Operations that name no room: each answers of one's own tenant only. */
const without = ['get /rooms', 'post /rooms', 'get /tenant']

test('F16: no operation of the document reaches a room, a member or a token of another tenant, by id, slug or code', async () => {
  const { ask, other, dataDir, url } = await startWithKeys()
  const { body: room } = await ask('POST', '/rooms', { name: 'Ours', slug: 'our-own-room', visibility: 'public' })
  await ask('PUT', `/rooms/${room.id}/members/ada`, { role: 'cohost' })
  const { body: token } = await ask('POST', '/tokens', { room_id: room.id, user_name: 'Ada' })
  // Its answer is durable, and so is all that was recorded before it.
  const speaker = await Client.connect(url)
  await speaker.join({ roomId: room.id, name: 'Ada' })
  await speaker.say('Ours')
  const before = contents(dataDir)

  const document = (await ask('GET', '/openapi.json')).body as { paths: Record<string, Record<string, { requestBody?: object }>> }
  const asked: string[] = []
  for (const [path, item] of Object.entries(document.paths))
    for (const [method, { requestBody }] of Object.entries(item)) {
      const operation = `${method} ${path}`
      if (without.includes(operation)) continue
      for (const ref of [room.id, 'our-own-room', room.joinCode] as string[]) {
        const filled = path.replace('{room}', ref).replace('{code}', ref).replace('{userId}', 'ada').replace('{id}', token.id)
        const body = requestBody && bodies[operation]?.(ref)
        expect(requestBody === undefined || body !== undefined, `a body for ${operation}`).toBe(true)
        const answer = await other(method.toUpperCase(), filled, body)
        expect(answer.status, `${operation} with ${ref}`).toBe(404)
        expect(JSON.stringify(answer.body)).not.toContain('Ours')
      }
      asked.push(operation)
    }
  expect(asked.length).toBeGreaterThan(13)
  expect(contents(dataDir)).toEqual(before)

  // The same requests, but for the one that deletes, do find it with the right key.
  expect((await ask('GET', `/rooms/${room.id}/members/ada`)).status).toBe(200)
  expect((await other('GET', '/rooms')).body.rooms).toEqual([])
  expect((await other('GET', '/tenant')).body).toMatchObject({ id: 'acme' })
  const { body: theirs } = await other('POST', '/rooms', { name: 'Theirs', slug: 'our-own-room' })
  expect((await ask('GET', '/rooms')).body.rooms).toMatchObject([{ id: room.id }])
  expect((await other('GET', '/rooms/our-own-room')).body.id).toBe(theirs.id)
  expect((await ask('DELETE', `/tokens/${token.id}`)).status).toBe(204)
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
