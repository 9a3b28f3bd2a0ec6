import { expect, test } from 'vitest'
import type { Room } from '../../src/shared/model.ts'
import { asking, startWithKeys } from '../support/api.ts'
import { Client, enter, hostRoom } from '../support/Client.ts'
import { startServer } from '../support/server.ts'

test('F20: a room is made, read, changed, replaced and deleted, each version with its ETag', async () => {
  const { ask } = await startWithKeys()
  const made = await ask('POST', '/rooms', { name: 'Review', slug: 'weekly-review', password: 'sesame', maxPeers: 5 })
  expect(made.status).toBe(201)
  expect(made.headers.get('location')).toBe(`/api/v1/rooms/${made.body.id}`)
  expect(made.headers.get('etag')).toBe('"1"')
  expect(made.body).toMatchObject({ name: 'Review', maxPeers: 5, hasPassword: true, state: 'EMPTY', host: null })
  for (const ref of [made.body.id, 'weekly-review', made.body.joinCode])
    expect((await ask('GET', `/rooms/${ref}`)).body).toEqual(made.body)
  const code = (made.body.joinCode as string).toLowerCase()
  expect((await ask('GET', `/rooms/join/${code.slice(0, 3)}-${code.slice(3)}`)).body.id).toBe(made.body.id)
  expect((await ask('GET', '/rooms/join/weekly-review')).status).toBe(404)

  const changed = await ask('PATCH', '/rooms/weekly-review', { description: 'Mondays' }, { 'If-Match': '"1"' })
  expect(changed).toMatchObject({ status: 200, body: { description: 'Mondays', maxPeers: 5, slug: 'weekly-review' } })
  expect(changed.headers.get('etag')).toBe('"2"')
  const replaced = await ask('PUT', '/rooms/weekly-review', { name: 'Retro' })
  expect(replaced.body).toMatchObject({ name: 'Retro', description: '', maxPeers: 100, slug: null, hasPassword: true })

  expect(await ask('DELETE', `/rooms/${made.body.id}`, undefined, { 'If-Match': '"2"' })).toMatchObject({
    status: 412,
    body: { code: 'changedMeanwhile', details: { version: 3 } },
  })
  expect((await ask('DELETE', `/rooms/${made.body.id}`, undefined, { 'If-Match': '"3"' })).status).toBe(204)
  expect((await ask('GET', `/rooms/${made.body.id}`)).body).toMatchObject({ status: 404, code: 'roomNotFound' })
})

test('F20: of two who change the same version at once, one is told that it was changed meanwhile', async () => {
  const { ask } = await startWithKeys()
  const { body: room } = await ask('POST', '/rooms', { name: 'Review' })
  const both = await Promise.all(
    ['One', 'Other'].map((name) => ask('PATCH', `/rooms/${room.id}`, { name }, { 'If-Match': '"1"' })),
  )
  expect(both.map(({ status }) => status).sort()).toEqual([200, 412])
  for (const tag of ['"7"', 'W/"2"', '1', '"x"', '""'])
    expect((await ask('PATCH', `/rooms/${room.id}`, { name: 'X' }, { 'If-Match': tag })).status, tag).toBe(412)
  expect((await ask('PATCH', `/rooms/${room.id}`, { name: 'X' }, { 'If-Match': '*' })).status).toBe(200)
})

test('F20: all rooms are listed, page by page, and searched by name', async () => {
  const { ask } = await startWithKeys()
  for (let i = 0; i < 5; i++) await ask('POST', '/rooms', { name: `Room ${i}`, visibility: i % 2 ? 'private' : 'public' })
  const names: string[] = []
  let cursor: string | null = null
  do {
    const page = await ask('GET', `/rooms?limit=2${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`)
    names.push(...(page.body.rooms as Room[]).map((room) => room.name))
    cursor = page.body.cursor
  } while (cursor !== null)
  expect(names).toEqual(['Room 4', 'Room 3', 'Room 2', 'Room 1', 'Room 0'])
  expect((await ask('GET', '/rooms?query=OOM%203')).body.rooms).toHaveLength(1)
  expect((await ask('GET', '/rooms?cursor=wrong')).body.code).toBe('badRequest')
})

test('F20: what is changed by REST is announced to everyone who is connected, and noted with the key that did it', async () => {
  const { ask, url } = await startWithKeys()
  const watcher = await Client.connect(url)
  await watcher.request('listRooms', {})
  const { body: room } = await ask('POST', '/rooms', { name: 'Review' })
  await watcher.take('roomChanged', (news) => news.room.id === room.id)
  const { client: grace, joined } = await enter(url, room.joinCode, 'Grace')
  await ask('PATCH', `/rooms/${room.id}`, { name: 'Retro' })
  await grace.take('roomChanged', (news) => news.room.name === 'Retro')
  expect((await ask('PUT', `/rooms/${room.id}/members/${joined.self.userId}`, { role: 'cohost' })).status).toBe(201)
  await grace.take('peerChanged', ({ member }) => member.role === 'cohost')
  const { body: renewed } = await ask('POST', `/rooms/${room.id}/code`)
  await grace.take('roomChanged', (news) => news.room.joinCode === renewed.joinCode)
  await grace.say('Hello')
  expect((await ask('GET', `/rooms/${room.id}/messages`)).body.messages).toMatchObject([{ text: 'Hello' }])
  expect((await ask('GET', `/rooms/${room.id}/sessions`)).body).toMatchObject({
    sessions: [{ name: 'Grace', disconnectedAt: null }],
    cursor: null,
  })
  expect((await ask('GET', `/rooms/${room.id}/analytics`)).body).toMatchObject({
    ...{ timeZone: 'UTC', presentNow: 1 },
    total: { people: 1, sessions: 1, meanSeconds: null },
  })
  const { entries } = (await ask('GET', `/rooms/${room.id}/audit`)).body
  expect((entries as { act: string }[]).map(({ act }) => act)).toEqual([
    'codeRenewed',
    'memberAdded',
    'roomChanged',
    'roomCreated',
  ])
  expect(entries[0].actor).toMatchObject({ kind: 'key', name: 'local’s program' })
  await ask('DELETE', `/rooms/${room.id}`)
  expect(await grace.take('roomClosed')).toEqual({ roomId: room.id, reason: 'deleted' })
  await watcher.take('roomGone', ({ roomId }) => roomId === room.id)
})

test('F20: members are added and removed without any connection, and pass the lobby when they come', async () => {
  const { ask, url } = await startWithKeys()
  const { body: room } = await ask('POST', '/rooms', { name: 'Review', admission: 'lobby' })
  const grace = await Client.connect(url)
  const path = `/rooms/${room.id}/members/${grace.welcome.userId}`
  expect((await ask('GET', path)).body.code).toBe('memberNotFound')
  expect((await ask('PUT', path, { role: 'speaker' })).status).toBe(201)
  expect((await ask('PUT', path, { role: 'listener' })).status).toBe(200)
  expect((await ask('PUT', path, { role: 'host' })).body.code).toBe('badRequest')
  expect((await ask('GET', `/rooms/${room.id}/members`)).body.members).toMatchObject([{ role: 'listener' }])
  expect((await grace.join({ roomId: room.id, name: 'Grace' })).self.role).toBe('listener')
  expect((await ask('DELETE', path)).status).toBe(204)
  expect((await ask('DELETE', path)).body.code).toBe('memberNotFound')
  await grace.request('leaveRoom', {})
  expect(await grace.request('joinRoom', { roomId: room.id, name: 'Grace' })).toMatchObject({ status: 'waiting' })
})

test('F20: a program says what its people are called; those who come with a device of their own say it themselves', async () => {
  const { ask, url } = await startWithKeys()
  const { body: room } = await ask('POST', '/rooms', { name: 'Review' })
  const put = (userId: string, body: object) => ask('PUT', `/rooms/${room.id}/members/${userId}`, body)
  const grace = await Client.connect(url)
  const { userId } = grace.welcome
  expect((await put('ada', { role: 'speaker', name: 'Ada' })).body).toMatchObject({ name: 'Ada', role: 'speaker' })
  expect((await put('ada', { role: 'cohost' })).body).toMatchObject({ name: 'Ada', role: 'cohost' })
  expect((await put('ada', { role: 'cohost', name: 'Ada Lovelace' })).body).toMatchObject({ name: 'Ada Lovelace' })
  expect((await put(userId, { role: 'speaker', name: 'Not yet here' })).body).toMatchObject({ name: 'Not yet here' })
  await grace.join({ roomId: room.id, name: 'Grace' })
  // Its answer is durable, and so is all that was recorded before it.
  await grace.say('Hello')
  expect((await put(userId, { role: 'cohost', name: 'Someone else' })).body).toMatchObject({ name: 'Grace', role: 'cohost' })
  expect((await put('ada', { role: 'speaker', name: ' ' })).body.code).toBe('badRequest')
  expect((await ask('GET', `/rooms/${room.id}/members`)).body.members).toMatchObject([
    { userId: 'ada', name: 'Ada Lovelace' },
    { userId, name: 'Grace' },
  ])
  const { entries } = (await ask('GET', `/rooms/${room.id}/audit`)).body
  expect(entries[0]).toMatchObject({ act: 'roleChanged', subject: { id: userId, name: 'Grace' } })
})

test('F20: the host of a room is neither demoted nor removed from outside', async () => {
  const { ask, url } = await startWithKeys()
  const { room, host } = await hostRoom(url)
  const path = `/rooms/${room.id}/members/${host.welcome.userId}`
  expect((await ask('PUT', path, { role: 'listener' })).body.code).toBe('forbidden')
  expect((await ask('DELETE', path)).body.code).toBe('forbidden')
})

test('F20: a repeat with the same Idempotency-Key gets the first answer, also at once, and nothing is made twice', async () => {
  const { ask, other } = await startWithKeys()
  const headers = { 'Idempotency-Key': 'first' }
  const answers = await Promise.all(Array.from({ length: 5 }, () => ask('POST', '/rooms', { name: 'Review' }, headers)))
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
  expect(answers.every(({ status, headers }) => status === 201 && headers.get('etag') === '"1"')).toBe(true)
  expect((await ask('GET', '/rooms')).body.rooms).toHaveLength(1)
  expect((await ask('POST', '/rooms', { name: 'Other' }, headers)).body).toMatchObject({ status: 422, code: 'keyReused' })
  expect((await other('POST', '/rooms', { name: 'Theirs' }, headers)).status).toBe(201)
})

test('F20: every error is a problem with its code, and says what helps', async () => {
  const { ask, url } = await startWithKeys()
  const nobody = asking(url, null)
  const unauthorized = await nobody('GET', '/rooms')
  expect(unauthorized.headers.get('content-type')).toBe('application/problem+json')
  expect(unauthorized.headers.get('www-authenticate')).toBe('Bearer')
  expect(unauthorized.body).toMatchObject({ type: 'about:blank', title: 'Unauthorized', status: 401, code: 'unauthorized' })
  for (const [method, path, body, code] of [
    ['GET', '/nothing', undefined, 'unknownRequest'],
    ['POST', '/rooms', { name: '' }, 'badRequest'],
    ['POST', '/rooms', { title: 'No name' }, 'badRequest'],
    ['POST', '/rooms', '{"name":', 'badRequest'],
    ['POST', '/rooms', undefined, 'badRequest'],
    ['POST', '/rooms', { name: 'Long', description: 'x'.repeat(1_100_000) }, 'tooLarge'],
    ['GET', '/rooms/unknown', undefined, 'roomNotFound'],
    ['GET', '/rooms?limit=0', undefined, 'badRequest'],
    ['DELETE', '/tokens/unknown', undefined, 'tokenNotFound'],
    ['POST', '/tokens', { room_id: 'unknown', user_name: 'Ada' }, 'roomNotFound'],
  ] as const) {
    const answer = await ask(method, path, body)
    expect(answer.body, `${method} ${path}`).toMatchObject({ code, status: answer.status, detail: expect.any(String) })
  }
  const wrongMethod = await ask('PUT', '/rooms', {})
  expect(wrongMethod.body.code).toBe('methodNotAllowed')
  expect(wrongMethod.headers.get('allow')).toBe('GET, POST')
  expect((await ask('POST', '/rooms', { name: 'x'.repeat(200) })).body.details).toEqual({ path: 'name' })
  await ask('POST', '/rooms', { name: 'Review', slug: 'weekly-review' })
  expect((await ask('POST', '/rooms', { name: 'Review', slug: 'weekly-review' })).body).toMatchObject({
    status: 409,
    code: 'slugTaken',
  })
})

test('F20: the older paths answer guests, where rooms are for anyone to make', async () => {
  const server = await startServer()
  const response = await fetch(`${server.url}/api/rooms/create`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'My Meeting' }),
  })
  const { room } = (await response.json()) as { room: { id: string; joinCode: string } }
  expect(room).toMatchObject({ name: 'My Meeting' })
  for (const path of [`join/${room.joinCode.toLowerCase()}`, room.id])
    expect(await (await fetch(`${server.url}/api/rooms/${path}`)).json()).toEqual({ room })
  expect(await (await fetch(`${server.url}/api/rooms/join/ZZZZZZ`)).json()).toMatchObject({ code: 'roomNotFound' })
  await enter(server.url, room.joinCode, 'Grace')
})

test('F22: where rooms are made with a key only, guests make none, and still find and join them without a token', async () => {
  const { url, ask, keys } = await startWithKeys({ whoCreates: 'key' })
  const create = (headers: Record<string, string>) =>
    fetch(`${url}/api/rooms/create`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: '{"name":"Mine"}',
    })
  expect(await (await create({})).json()).toMatchObject({ status: 401, code: 'unauthorized' })
  expect((await create({ Authorization: `Bearer ${keys[0]}` })).status).toBe(200)
  const guest = await Client.connect(url)
  expect(await guest.refusal('createRoom', { name: 'Mine' })).toBe('unauthorized')
  const { body: room } = await ask('POST', '/rooms', { name: 'Review' })
  await guest.join({ joinCode: room.joinCode, name: 'Grace' })
})

test('F20: the document is there for everyone, names every operation once, and has a page to read it with', async () => {
  const { url, ask } = await startWithKeys()
  const document = (await asking(url, null)('GET', '/openapi.json')).body
  expect(document.openapi).toBe('3.1.0')
  const operations = Object.entries<Record<string, { summary: string; responses: object }>>(document.paths).flatMap(
    ([path, item]) => Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  )
  expect(operations.length).toBeGreaterThan(15)
  expect(new Set(operations.map(({ operation }) => operation.summary)).size).toBe(operations.length)
  for (const { path, method, operation } of operations) {
    const answer = await asking(url, null)(method.toUpperCase(), path)
    expect(answer.status, `${method} ${path} without a key`).toBe(401)
    expect(Object.keys(operation.responses)).toContain('401')
  }
  expect((await ask('GET', '/tenant')).body).toMatchObject({ id: 'local', active: true })
  const page = await fetch(`${url}/api/docs`)
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(page.headers.get('content-security-policy')).not.toContain('unsafe')
  const html = await page.text()
  for (const [, path] of html.matchAll(/(?:href|src)="(\/api\/docs\/[^"]+)"/g))
    expect((await fetch(`${url}${path}`)).status, path).toBe(200)
  expect(html).not.toMatch(/https?:/)
})

test('F25: it says whether it can do its work', async () => {
  const server = await startServer()
  expect(await (await fetch(`${server.url}/readyz`)).json()).toMatchObject({ status: 'ready' })
})

test('F20: pages of other origins are answered where they are listed, and nowhere else', async () => {
  const origin = 'https://intranet.example'
  const listed = await startServer({ allowedOrigins: [origin] })
  const answer = await fetch(`${listed.url}/api/v1/rooms`, {
    method: 'OPTIONS',
    headers: { Origin: origin, 'Access-Control-Request-Method': 'PUT', 'Access-Control-Request-Headers': 'authorization' },
  })
  expect(answer.headers.get('access-control-allow-origin')).toBe(origin)
  expect(answer.headers.get('access-control-allow-methods')).toContain('PUT')
  const closed = await startServer()
  expect((await fetch(`${closed.url}/api/v1/rooms`, { headers: { Origin: origin } })).status).toBe(403)
})
