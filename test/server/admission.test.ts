import { expect, test } from 'vitest'
import { decide, type Facts } from '../../src/main/server/admission.ts'
import { Client, enter, hostRoom } from '../support/Client.ts'
import { startServer } from '../support/server.ts'

const flags = [
  'isBanned',
  'isPlain',
  'admitsPlain',
  'isClosed',
  'isEarly',
  'isLocked',
  'hasPassword',
  'knowsPassword',
  'hasLobby',
  'isFull',
  'isTenantFull',
  'hasQueue',
  'wouldWait',
] as const

function* everyone(): Generator<Facts> {
  for (const standing of ['host', 'cohost', 'member', 'stranger'] as const)
    for (let bits = 0; bits < 2 ** flags.length; bits += 1)
      yield { standing, ...Object.fromEntries(flags.map((flag, i) => [flag, (bits & (2 ** i)) !== 0])) } as Facts
}

/** What keeps someone out, in the order in which it is said. */
function obstacles(facts: Facts): string[] {
  const leads = ['host', 'cohost'].includes(facts.standing)
  const known = leads || facts.standing === 'member'
  return [
    facts.isBanned && 'banned',
    facts.isPlain && !facts.admitsPlain && 'encryptionRequired',
    facts.isClosed && 'roomClosed',
    facts.isEarly && !leads && 'notOpenYet',
    facts.isLocked && !leads && 'roomLocked',
    facts.hasPassword && !facts.knowsPassword && !known && 'passwordRequired',
    facts.hasLobby && !known && 'lobby',
    (facts.isFull || (facts.hasQueue && !leads)) && 'full',
    facts.isTenantFull && 'tenantFull',
  ].filter((obstacle) => obstacle !== false)
}

test('F9: of all that can keep someone out, the first in the order is the one that is said, for every combination', () => {
  let seen = 0
  for (const facts of everyone()) {
    const verdict = decide(facts)
    const [first] = obstacles(facts)
    const said = verdict.come === 'in' ? undefined : verdict.come === 'wait' ? verdict.reason : verdict.code
    const turnedAway: Record<string, string> = { full: 'roomFull', tenantFull: 'limitReached' }
    const waited = first === 'tenantFull' ? 'full' : first
    const expected = facts.wouldWait ? waited : (turnedAway[first ?? ''] ?? first)
    expect(said, JSON.stringify(facts)).toBe(expected)
    seen += 1
  }
  expect(seen).toBe(4 * 8_192)
})

test('F9: nobody is let in above the number of places, and nobody past a ban', () => {
  for (const facts of everyone())
    if (facts.isFull || facts.isTenantFull || facts.isBanned) expect(decide(facts).come).not.toBe('in')
})

test('F9: a room with a password lets in who knows it; its hosts and members need none', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url, { password: 'open sesame' })
  expect(room).toMatchObject({ hasPassword: true })
  expect(JSON.stringify(room)).not.toContain('sesame')
  const grace = await Client.connect(server.url)
  const join = (more: object = {}) => ({ roomId: room.id, name: 'Grace', ...more })
  expect(await grace.refusal('joinRoom', join())).toBe('passwordRequired')
  expect(await grace.refusal('joinRoom', join({ password: 'Open sesame' }))).toBe('passwordRequired')
  await grace.join({ roomId: room.id, name: 'Grace', password: 'open sesame' })
  await host.request('leaveRoom', {})
  await host.join({ roomId: room.id, name: 'Ada' })
  await host.request('updateRoom', { changes: { password: null } })
  await enter(server.url, room.joinCode, 'Lin')
})

test('F9: passwords are not tried on and on', async () => {
  const server = await startServer()
  const { room } = await hostRoom(server.url, { password: 'open sesame' })
  const guesser = await Client.connect(server.url)
  const guess = (password: string) => guesser.refusal('joinRoom', { roomId: room.id, name: 'Guesser', password })
  for (let i = 0; i < 10; i += 1) expect(await guess(`wrong ${i}`)).toBe('passwordRequired')
  expect(await guess('wrong again')).toBe('rateLimited')
  // Not even the right one, or the limit would be none.
  expect(await guess('open sesame')).toBe('rateLimited')
})

test('F9: into a locked room nobody new comes but those who lead it', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  const { client: grace, joined } = await enter(server.url, room.joinCode, 'Grace')
  await host.request('setRole', { peerId: joined.self.peerId, role: 'cohost' })
  await grace.request('updateRoom', { changes: { locked: true } })
  await host.take('roomChanged', (news) => news.room.locked)
  const lin = await Client.connect(server.url)
  expect(await lin.refusal('joinRoom', { joinCode: room.joinCode, name: 'Lin' })).toBe('roomLocked')
  await grace.request('leaveRoom', {})
  await grace.join({ roomId: room.id, name: 'Grace' })
  // A co-host locks, and sets nothing else.
  expect(await grace.refusal('updateRoom', { changes: { locked: false, name: 'Mine' } })).toBe('forbidden')
  await host.request('updateRoom', { changes: { locked: false } })
  await lin.join({ joinCode: room.joinCode, name: 'Lin' })
})
