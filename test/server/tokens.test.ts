import { createHmac, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { deriveKey, hashSecret } from '../../src/main/server/ids.ts'
import type { ErrorInfo } from '../../src/shared/errors.ts'
import { asking, makeKeys, startWithKeys, type Ask } from '../support/api.ts'
import { Client, enter, hostRoom, newDevice } from '../support/Client.ts'
import { startProcess, temporaryDirectory } from '../support/server.ts'

async function roomAndToken(ask: Ask, wish: object = {}, settings: object = {}) {
  const { body: room } = await ask('POST', '/rooms', { name: 'Review', ...settings })
  const { body } = await ask('POST', '/tokens', { room_id: room.id, user_name: 'Grace', ...wish })
  return { room, ...(body as { token: string; id: string; expires_at: string; room_id: string; user_name: string }) }
}

const bearer = (url: string, token: string, more: object = {}) => Client.connect(url, { auth: { protocol: 1, token, ...more } })

/** What becomes of a token that is shown in the handshake, and with a join. */
async function shown(url: string, token: string, roomId: string): Promise<{ handshake: string; join: string }> {
  const handshake = await bearer(url, token).then(
    () => 'accepted',
    (error: unknown) => (error as ErrorInfo).code,
  )
  const guest = await Client.connect(url)
  const result = await guest.ask('joinRoom', { roomId, name: 'Eve', token })
  guest.disconnect()
  return { handshake, join: result.ok ? 'accepted' : result.error.code }
}

test('F21: a token is made with a key, for a room and a name, and lets its bearer in under that name', async () => {
  const { ask, url } = await startWithKeys()
  const { body: room } = await ask('POST', '/rooms', { name: 'Review', slug: 'team-meeting' })
  const before = Date.now()
  const made = await ask('POST', '/tokens', { room_id: 'team-meeting', user_name: 'alice', duration: 3600 })
  expect(made).toMatchObject({ status: 201, body: { room_id: 'team-meeting', user_name: 'alice' } })
  expect(made.body.token).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]{43}$/)
  expect(decodeProtectedHeader(made.body.token).alg).toBe('HS256')
  expect(Math.abs(Date.parse(made.body.expires_at) - before - 3_600_000)).toBeLessThan(2_000)
  const inHandshake = await bearer(url, made.body.token)
  expect(inHandshake.welcome.features['tokens']).toBe(true)
  const joined = await inHandshake.join({ roomId: room.id, name: 'Someone else' })
  expect(joined.self).toMatchObject({ name: 'alice', role: 'speaker', userId: inHandshake.welcome.userId })
  const withJoin = await Client.connect(url)
  expect((await withJoin.join({ roomId: 'team-meeting', name: 'x', token: made.body.token })).self.name).toBe('alice')
  expect((await ask('GET', `/rooms/${room.id}/sessions`)).body.sessions[0].tokenId).toBe(made.body.id)
})

test('F21: neither the token nor the key is stored', async () => {
  const { ask, server, keys, dataDir } = await startWithKeys()
  const { token } = await roomAndToken(ask)
  await server.close()
  const stored = readFileSync(join(dataDir, 'lanyard.db')).toString('latin1')
  for (const secret of [token, token.split('.')[2]!, ...keys]) expect(stored.includes(secret)).toBe(false)
})

test('F21: it passes the password and the lobby; it passes no lock, no ban and no full room, and is not spent by them', async () => {
  const { ask, url } = await startWithKeys()
  const { room, token } = await roomAndToken(ask, { single_use: true }, { password: 'sesame', admission: 'lobby', maxPeers: 1 })
  const path = `/rooms/${room.id}`
  const client = await bearer(url, token)
  const join = { roomId: room.id, name: 'Grace' }
  await ask('PATCH', path, { locked: true })
  expect(await client.refusal('joinRoom', join)).toBe('roomLocked')
  await ask('PATCH', path, { locked: false })
  const { body: first } = await ask('POST', '/tokens', { room_id: room.id, user_name: 'Lin' })
  const lin = await bearer(url, first.token)
  await lin.join(join)
  expect(await client.refusal('joinRoom', join)).toBe('roomFull')
  await lin.request('leaveRoom', {})
  expect((await client.join(join)).self.name).toBe('Grace')
})

test('F21: permissions decide the role, and what it may do', async () => {
  const { ask, url } = await startWithKeys()
  const { body: room } = await ask('POST', '/rooms', { name: 'Review' })
  const enter = async (permissions: object) => {
    const { body } = await ask('POST', '/tokens', { room_id: room.id, user_name: 'Grace', permissions })
    const client = await bearer(url, body.token)
    return { client, role: (await client.join({ roomId: room.id, name: 'x' })).self.role }
  }
  const leader = await enter({ moderate: true })
  expect(leader.role).toBe('cohost')
  await leader.client.request('updateRoom', { changes: { locked: false } })
  expect(await leader.client.refusal('deleteRoom')).toBe('forbidden')
  const speaker = await enter({})
  expect(speaker.role).toBe('speaker')
  expect(await speaker.client.refusal('listWaiting')).toBe('forbidden')
  const silent = await enter({ publish: false, chat: false })
  expect(silent.role).toBe('listener')
  expect(await silent.client.refusal('updateMember', { microphone: true })).toBe('forbidden')
  expect(await silent.client.refusal('sendChat', { text: 'Hi', clientMessageId: crypto.randomUUID() })).toBe('forbidden')
  const blind = await enter({ subscribe: false })
  expect(await blind.client.refusal('consume', { producerId: 'any' })).toBe('forbidden')
  expect(await speaker.client.refusal('consume', { producerId: 'any' })).not.toBe('forbidden')
  // A role that is given later does not go beyond the token.
  const { members } = await leader.client.request('listMembers', {})
  const listener = members.find(({ role }) => role === 'listener')!
  await leader.client.request('setRole', { peerId: listener.peerId, role: 'speaker' })
  expect(await silent.client.refusal('updateMember', { microphone: true })).toBe('forbidden')
  await speaker.client.say('Still allowed')
})

test('F21: whoever has a token that allows no leading does not stand in for the host', async () => {
  const { ask, url } = await startWithKeys()
  const { host, room } = await hostRoom(url)
  const { body } = await ask('POST', '/tokens', { room_id: room.id, user_name: 'Grace' })
  const grace = await bearer(url, body.token)
  await grace.join({ roomId: room.id, name: 'x' })
  const { client: lin, joined } = await enter(url, room.joinCode, 'Lin')
  await host.request('leaveRoom', {})
  await lin.take('peerLeft')
  const { members } = await lin.request('listMembers', {})
  expect(members.find(({ role }) => role === 'host')?.peerId).toBe(joined.self.peerId)
})

test('F21: a token is good for its room only, and makes no rooms', async () => {
  const { ask, url } = await startWithKeys()
  const { token } = await roomAndToken(ask)
  const { room: elsewhere, host } = await hostRoom(url)
  const client = await bearer(url, token)
  for (const name of ['joinRoom', 'findRoom', 'updateRoom', 'deleteRoom'])
    expect(await client.refusal(name, { roomId: elsewhere.id, name: 'Grace', changes: { name: 'x' } }), name).toBe('forbidden')
  expect(await client.refusal('createRoom', { name: 'Mine' })).toBe('forbidden')
  const guest = await Client.connect(url)
  expect(await guest.refusal('joinRoom', { roomId: elsewhere.id, name: 'Grace', token })).toBe('forbidden')
  expect((await host.request('listMembers', {})).members).toHaveLength(1)
})

test('R12: a single-use token that 20 show at once lets exactly one in, and is worth nothing after', async () => {
  const { ask, url } = await startWithKeys()
  const { room, token } = await roomAndToken(ask, { single_use: true })
  const clients = await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? bearer(url, token) : Client.connect(url))))
  const results = await Promise.all(clients.map((client) => client.ask('joinRoom', { roomId: room.id, name: 'x', token })))
  expect(results.filter(({ ok }) => ok)).toHaveLength(1)
  for (const result of results) if (!result.ok) expect(result.error.code).toBe('unauthorized')
  expect(await shown(url, token, room.id)).toEqual({ handshake: 'unauthorized', join: 'unauthorized' })
})

test('F21: whoever has spent a single-use token comes back without one, also with it, and after a crash', async () => {
  const dataDir = await temporaryDirectory()
  const [key] = await makeKeys(dataDir, ['acme'])
  const first = await startProcess(dataDir)
  const { room, token } = await roomAndToken(asking(first.ready.url, key!), { single_use: true, permissions: { chat: false } })
  const device = newDevice()
  const client = await bearer(first.ready.url, token, { device })
  const { self } = await client.join({ roomId: room.id, name: 'x' })
  client.vanish()
  const { resume } = client.welcome
  const again = await bearer(first.ready.url, token, { device, resume })
  expect(again.resumed?.self).toMatchObject({ peerId: self.peerId, name: 'Grace' })
  // Its answer is durable, and so is what came before.
  await asking(first.ready.url, key!)('PATCH', `/rooms/${room.id}`, { description: 'x' })
  await first.stop('SIGKILL')
  const second = await startProcess(dataDir)
  const back = await Client.connect(second.ready.url, { auth: { protocol: 1, device, resume: again.welcome.resume } })
  expect(back.resumed?.self).toMatchObject({ peerId: self.peerId, name: 'Grace', userId: self.userId })
  expect(await back.refusal('sendChat', { text: 'Hi', clientMessageId: crypto.randomUUID() })).toBe('forbidden')
  expect(await back.refusal('createRoom', { name: 'Mine' })).toBe('forbidden')
})

test('F21: a token that is revoked cuts off whoever came with it, at once', async () => {
  const { ask, other, url } = await startWithKeys()
  const { room, token, id } = await roomAndToken(ask)
  const client = await bearer(url, token)
  await client.join({ roomId: room.id, name: 'x' })
  const idle = await bearer(url, token)
  const ended = [client, idle].map(({ socket }) => new Promise((resolve) => socket.once('disconnect', resolve)))
  expect((await other('DELETE', `/tokens/${id}`)).status).toBe(404)
  expect((await ask('DELETE', `/tokens/${id}`)).status).toBe(204)
  expect(await client.take('removed')).toEqual({ roomId: room.id, reason: 'tokenRevoked' })
  await Promise.all(ended)
  expect((await ask('GET', `/rooms/${room.id}`)).body.present).toBe(0)
  expect(await shown(url, token, room.id)).toEqual({ handshake: 'tokenRevoked', join: 'tokenRevoked' })
})

test('R12: whoever is removed does not come back with the same token', async () => {
  const { url, ask } = await startWithKeys()
  const { host, room } = await hostRoom(url)
  const { body } = await ask('POST', '/tokens', { room_id: room.id, user_name: 'Grace' })
  const client = await bearer(url, body.token)
  const { self } = await client.join({ roomId: room.id, name: 'x' })
  await host.request('removeMember', { peerId: self.peerId })
  await client.take('removed')
  expect(await client.refusal('joinRoom', { roomId: room.id, name: 'x' })).toBe('tokenRevoked')
  expect(await shown(url, body.token, room.id)).toEqual({ handshake: 'tokenRevoked', join: 'tokenRevoked' })
})

test('F21: a token in an address is refused, with a word where it belongs', async () => {
  const { ask, url } = await startWithKeys()
  const { token } = await roomAndToken(ask)
  for (const path of ['/healthz', '/', '/api/v1/rooms', '/api/rooms/x', '/nothing']) {
    const response = await fetch(`${url}${path}?room=x&token=${token}`)
    expect(await response.json()).toMatchObject({
      status: 401,
      code: 'unauthorized',
      detail: expect.stringContaining('auth.token'),
    })
  }
  await expect(Client.connect(`${url}?token=${token}`)).rejects.toMatchObject({
    code: 'unauthorized',
    message: expect.stringContaining('auth.token'),
  })
})

test('R12: none of the bad tokens is accepted, in the handshake or with a join', async () => {
  const { ask, other, url, dataDir } = await startWithKeys()
  const { room, token } = await roomAndToken(ask, { duration: 3600 })
  const masterKey = readFileSync(join(dataDir, 'keys', 'master.key'))
  const keyOf = (tenant: string, number = 1) =>
    Buffer.from(deriveKey(masterKey, `lanyard token key ${number} ${tenant}`), 'base64url')
  const own = keyOf('local')
  const claims = decodeJwt(token)
  const header = decodeProtectedHeader(token)
  const [head, payload, signature] = token.split('.') as [string, string, string]
  const b64 = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
  const hmac = (text: string, key: Uint8Array, hash = 'sha256') => createHmac(hash, key).update(text).digest('base64url')
  const signed = (claims: object, header_: object = header, key: Uint8Array = own, hash?: string) => {
    const text = `${b64(header_)}.${b64(claims)}`
    return `${text}.${hmac(text, key, hash)}`
  }
  // The means to sign are right: what differs below is why each is refused.
  const jose = await new SignJWT(claims).setProtectedHeader({ ...header, alg: 'HS256' }).sign(own)
  expect(jose).toBe(token)
  const now = Math.floor(Date.now() / 1_000)
  const { body: theirRoom } = await other('POST', '/rooms', { name: 'Theirs' })
  const { body: theirs } = await other('POST', '/tokens', { room_id: theirRoom.id, user_name: 'Grace' })
  const spent = await roomAndToken(ask, { single_use: true })
  await (await bearer(url, spent.token)).join({ roomId: spent.room.id, name: 'x' })
  const { body: revoked } = await ask('POST', '/tokens', { room_id: room.id, user_name: 'Grace' })
  await ask('DELETE', `/tokens/${revoked.id}`)
  const gone = await roomAndToken(ask)
  await ask('DELETE', `/rooms/${gone.room.id}`)
  const { body: brief } = await ask('POST', '/tokens', { room_id: room.id, user_name: 'Grace', duration: 1 })
  await new Promise((resolve) => setTimeout(resolve, 1_100))

  const bad: Record<string, string> = {
    'the algorithm none, unsigned': `${b64({ ...header, alg: 'none' })}.${payload}.`,
    'the algorithm none, with the signature': `${b64({ ...header, alg: 'none' })}.${payload}.${signature}`,
    'the algorithm None': `${b64({ ...header, alg: 'None' })}.${payload}.`,
    'no algorithm': signed(claims, { ...header, alg: undefined }),
    'an algorithm that is no text': signed(claims, { ...header, alg: ['HS256'] }),
    HS384: signed(claims, { ...header, alg: 'HS384' }, own, 'sha384'),
    HS512: signed(claims, { ...header, alg: 'HS512' }, own, 'sha512'),
    'an RS256 header, signed by HMAC': signed(claims, { ...header, alg: 'RS256' }),
    'an ES256 header, signed by HMAC': signed(claims, { ...header, alg: 'ES256' }),
    'an EdDSA header, signed by HMAC': signed(claims, { ...header, alg: 'EdDSA' }),
    'a lower-case hs256': signed(claims, { ...header, alg: 'hs256' }),
    'another type': signed(claims, { ...header, typ: 'JWT' }),
    'no type': signed(claims, { ...header, typ: undefined }),
    'a critical header': signed(claims, { ...header, crit: ['exp'], exp: 1 }),
    'a key of its own in the header': signed(claims, { ...header, jwk: { kty: 'oct', k: b64('mine') } }, Buffer.from('mine')),
    'no key id': signed(claims, { ...header, kid: undefined }),
    'a key id that is a path': signed(claims, { ...header, kid: '../../dev/null' }, Buffer.alloc(32)),
    'a key id that is no text': signed(claims, { ...header, kid: 1 }),
    'another key number': signed(claims, { ...header, kid: 'local.2' }, keyOf('local', 2)),
    'a key of chance': signed(claims, header, randomBytes(32)),
    'the empty key': signed(claims, header, Buffer.alloc(0)),
    'the master key': signed(claims, header, masterKey),
    'the key of another tenant': signed(claims, header, keyOf('acme')),
    'the key and the key id of another tenant': signed(claims, { ...header, kid: 'acme.1' }, keyOf('acme')),
    'a tenant that there is not': signed({ ...claims, tenant: 'nobody' }, { ...header, kid: 'nobody.1' }, keyOf('nobody')),
    'of another tenant, for this room': signed(
      { ...decodeJwt(theirs.token), room: room.id },
      { ...header, kid: 'acme.1' },
      keyOf('acme'),
    ),
    'never given out': signed({ ...claims, jti: 'unknown' }),
    'given out, with more time': signed({ ...claims, exp: now + 86_400 }),
    'given out, with more rights': signed({
      ...claims,
      permissions: { publish: true, subscribe: true, chat: true, moderate: true },
    }),
    'given out, for another name': signed({ ...claims, user_name: 'Ada' }),
    'given out, for another room': signed({ ...claims, room: spent.room.id }),
    expired: brief.token,
    'not good yet': signed({ ...claims, nbf: now + 3_600 }),
    'without an end': signed({ ...claims, exp: undefined }),
    'an end that is text': signed({ ...claims, exp: 'tomorrow' }),
    'an end that is no number': `${head}.${b64(JSON.stringify(claims).replace(/"exp":\d+/, '"exp":1e999'))}.${signature}`,
    'of another server': signed({ ...claims, iss: 'elsewhere' }),
    'without an issuer': signed({ ...claims, iss: undefined }),
    'for another audience': signed({ ...claims, aud: 'elsewhere' }),
    'without an audience': signed({ ...claims, aud: undefined }),
    'without an id': signed({ ...claims, jti: undefined }),
    'an id that is an object': signed({ ...claims, jti: { id: claims.jti } }),
    'a name that is a number': signed({ ...claims, user_name: 7 }),
    'a name that is empty': signed({ ...claims, user_name: '' }),
    'a room that is a list': signed({ ...claims, room: [room.id] }),
    'permissions that are text': signed({ ...claims, permissions: 'all' }),
    'permissions that are not yes or no': signed({ ...claims, permissions: { publish: 1, subscribe: 1, chat: 1, moderate: 1 } }),
    'no permissions': signed({ ...claims, permissions: undefined }),
    'claims that are a list': signed([claims]),
    'claims that are null': `${head}.${b64('null')}.${hmac(`${head}.${b64('null')}`, own)}`,
    'claims that are no JSON': `${head}.${b64('{"jti":')}.${hmac(`${head}.${b64('{"jti":')}`, own)}`,
    'spent by another': spent.token,
    revoked: revoked.token,
    'of a room that is deleted': gone.token,
    empty: '',
    'a dot': '.',
    'two dots': '..',
    'null bytes before': `\0${token}`,
    'null bytes after': `${token}\0`,
    'a space after': `${token} `,
    'a line break within': `${head}.${payload}\n.${signature}`,
    'a prefix': `Bearer ${token}`,
    'an extra segment': `${token}.${signature}`,
    'five segments, as an encrypted one': `${head}..${payload}.${signature}.${signature}`,
    'cut at the first dot': head,
    'cut after the first dot': `${head}.`,
    'cut at the second dot': `${head}.${payload}`,
    'cut after the second dot': `${head}.${payload}.`,
    'half a signature': token.slice(0, -20),
    'a padded signature': `${token}=`,
    'the signature first': `${signature}.${payload}.${head}`,
    'of standard base 64': `${head}.${payload}.${Buffer.from(signature, 'base64url').toString('base64')}`,
    huge: `${head}.${'A'.repeat(4_000)}.${signature}`,
    'a JSON object': JSON.stringify({ protected: head, payload, signature }),
    'the demo of the documents': 'demo-token',
    'an API key': 'lk_x',
  }
  for (let i = 0; i < token.length; i += 37) {
    const flipped = String.fromCharCode(token.charCodeAt(i) ^ 1)
    bad[`bit 0 of character ${i} flipped`] = token.slice(0, i) + flipped + token.slice(i + 1)
  }
  // The last character has two bits that no byte needs: another one of the same bytes is another token.
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  bad['the same signature, written otherwise'] = token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1)!) ^ 1]!

  expect(Object.keys(bad).length).toBeGreaterThan(80)
  const roomFor: Record<string, string> = { 'spent by another': spent.room.id, 'given out, for another room': spent.room.id }
  for (const [what, token] of Object.entries(bad)) {
    const { handshake, join } = await shown(url, token, roomFor[what] ?? room.id)
    for (const code of [handshake, join])
      expect(['unauthorized', 'tokenExpired', 'tokenRevoked', 'roomNotFound', 'badRequest'], `${what}: ${code}`).toContain(code)
    if (what === 'expired') expect({ handshake, join }).toEqual({ handshake: 'tokenExpired', join: 'tokenExpired' })
  }
  // The same, with the hash of each in the place of the good one's: the rules of the token itself refuse it.
  const db = new Database(join(dataDir, 'lanyard.db'))
  const put = db.prepare('UPDATE tokens SET hash = ? WHERE id = ?')
  const knownByHash = ['given out', 'never', 'revoked', 'spent', 'expired', 'of a room', 'the same signature', 'without an id']
  for (const [what, token] of Object.entries(bad)) {
    if (knownByHash.some((start) => what.startsWith(start))) continue
    put.run(hashSecret(token), claims.jti)
    for (const verdict of Object.values(await shown(url, token, room.id)))
      expect(verdict, `${what}, with its hash stored`).not.toBe('accepted')
  }
  put.run(hashSecret(token), claims.jti)
  db.close()
  // Nobody came, and the good one is good still.
  expect((await ask('GET', `/rooms/${room.id}`)).body.present).toBe(0)
  expect((await (await bearer(url, token)).join({ roomId: room.id, name: 'x' })).self.name).toBe('Grace')
})
