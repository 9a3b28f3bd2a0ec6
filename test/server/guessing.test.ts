import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test, vi } from 'vitest'
import { CodeBudget, type Guesser } from '../../src/main/server/CodeBudget.ts'
import { Echo } from '../../src/main/server/Echo.ts'
import { PasswordBudget } from '../../src/main/server/PasswordBudget.ts'
import { Client, hostRoom, newDevice } from '../support/Client.ts'
import { startServer, temporaryDirectory } from '../support/server.ts'

const CODES = 32 ** 6
const MINUTES_OF_A_DAY = 24 * 60

/** How many of these look-ups are made. */
async function lookUps(budget: CodeBudget, guessers: Iterable<Guesser>): Promise<number> {
  let made = 0
  for (const guesser of guessers)
    await budget
      .spend(guesser, () => {
        made += 1
        return Promise.resolve(null)
      })
      .catch(() => {})
  return made
}

function* many(known: boolean): Generator<Guesser> {
  for (let i = 0; i < 5_000; i += 1)
    yield { address: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, knownUserId: known ? `user ${i}` : null }
}

test('R10: from however many addresses, a room is hit in 24 hours with a chance below 1 in 10,000', async () => {
  const budget = new CodeBudget()
  const inAMinute = (await lookUps(budget, many(false))) + (await lookUps(budget, many(true)))
  expect(inAMinute).toBeGreaterThan(0)
  expect((inAMinute * MINUTES_OF_A_DAY) / CODES).toBeLessThan(1e-4)
})

test('R10: strangers who guess do not use up what known devices have', async () => {
  const budget = new CodeBudget()
  await lookUps(budget, many(false))
  expect(await lookUps(budget, [{ address: '192.0.2.1', knownUserId: null }])).toBe(0)
  expect(await lookUps(budget, [{ address: '192.0.2.1', knownUserId: 'grace' }])).toBe(1)
})

test('R10: one address, and one network of IPv6, has a budget of its own', async () => {
  const lookUpsOf = (address: (i: number) => string) =>
    lookUps(
      new CodeBudget(),
      Array.from({ length: 60 }, (_, i) => ({ address: address(i), knownUserId: null })),
    )
  expect(await lookUpsOf(() => '192.0.2.1')).toBe(40)
  expect(await lookUpsOf((i) => `2001:db8:1:2::${i.toString(16)}`)).toBe(40)
  // Each its own: then only that of all together is in the way.
  expect(await lookUpsOf((i) => `2001:db8:1:${i.toString(16)}::1`)).toBe(48)
})

test('R10: right codes cost nothing, and many at once cannot go beyond the budget', async () => {
  const budget = new CodeBudget()
  const guesser = { address: '192.0.2.1', knownUserId: null }
  for (let i = 0; i < 100; i += 1) await budget.spend(guesser, () => Promise.resolve('room'))
  const results = await Promise.allSettled(Array.from({ length: 100 }, () => budget.spend(guesser, () => Promise.resolve(null))))
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(40)
})

test('R10: who guesses is told to wait; those inside, ids, and devices that were here before go on', async () => {
  const dataDir = await temporaryDirectory()
  const device = newDevice()
  const first = await startServer({ dataDir })
  const { room } = await hostRoom(first.url)
  const known = await Client.connect(first.url, { device })
  await known.join({ joinCode: room.joinCode, name: 'Grace' })
  await first.close()
  const db = new Database(join(dataDir, 'lanyard.db'))
  db.exec("UPDATE users SET created_at = '2020-01-01T00:00:00.000Z'")
  db.close()

  const server = await startServer({ dataDir })
  const guesser = await Client.connect(server.url)
  const answers = []
  for (let i = 0; i < 60; i += 1) answers.push(await guesser.ask('findRoom', { roomId: `ZZZZ${String(i).padStart(2, '0')}` }))
  const codes = answers.map((answer) => (answer.ok ? 'found' : answer.error.code))
  expect(codes.slice(0, 40)).toEqual(Array.from({ length: 40 }, () => 'roomNotFound'))
  expect(codes.at(-1)).toBe('rateLimited')
  const last = answers.at(-1)!
  expect(!last.ok && last.error.details?.['retryAfterMs']).toBeGreaterThan(0)
  // The right code is refused like any other now; a link has the id, or comes from who was here before.
  expect(await guesser.refusal('joinRoom', { joinCode: room.joinCode, name: 'Guesser' })).toBe('rateLimited')
  await guesser.join({ roomId: room.id, name: 'Guesser' })
  await guesser.say('Nobody inside notices')
  const back = await Client.connect(server.url, { device })
  await back.join({ joinCode: room.joinCode, name: 'Grace' })
})

test('R10: one address that goes on guessing uses up no more than its own budget, and others find their rooms', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const budget = new CodeBudget()
  const guesser = { address: '192.0.2.66', knownUserId: null }
  const guess = () =>
    lookUps(
      budget,
      Array.from({ length: 200 }, () => guesser),
    )
  const other = () => budget.spend({ address: '192.0.2.1', knownUserId: null }, () => Promise.resolve('room'))
  expect(await guess()).toBe(40)
  expect(await other()).toBe('room')
  for (let minute = 0; minute < 9; minute += 1) {
    vi.advanceTimersByTime(60_000)
    expect(await guess()).toBe(0)
    expect(await other()).toBe('room')
  }
})

test('one address that goes on guessing a password keeps out nobody who knows it', async () => {
  const budget = new PasswordBudget()
  const tries = Array.from({ length: 500 }, () => budget.spend('room', '192.0.2.66', () => Promise.resolve(false)))
  const results = await Promise.allSettled(tries)
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
  expect(await budget.spend('room', '192.0.2.1', () => Promise.resolve(true))).toBe(true)
})

test('one address that goes on asking the doctor’s helper leaves it to the others', async () => {
  const echo = new Echo({ createRouter: () => Promise.reject(new Error('none')) })
  onTestFinished(() => echo.close())
  const answers = await Promise.allSettled(Array.from({ length: 4_000 }, () => echo.time('192.0.2.66')))
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(180)
  expect(await echo.time('192.0.2.1')).toMatchObject({ seenAt: '192.0.2.1' })
})

test('what costs too much for what is left takes nothing away', async () => {
  const echo = new Echo({ createRouter: () => Promise.reject(new Error('none')) })
  onTestFinished(() => echo.close())
  for (let i = 0; i < 178; i += 1) await echo.time('192.0.2.1')
  await expect(echo.tryMedia('192.0.2.1')).rejects.toMatchObject({ code: 'rateLimited' })
  for (let i = 0; i < 2; i += 1) await echo.time('192.0.2.1')
  await expect(echo.time('192.0.2.1')).rejects.toMatchObject({ code: 'rateLimited' })
})

test('R10: while one guesses codes and passwords, the right ones of others lead in, over REST as well', async () => {
  const { url } = await startServer()
  const { room } = await hostRoom(url, { password: 'open sesame' })
  const guesser = await Client.connect(url, { from: '127.0.0.66' })
  const codes = Array.from({ length: 60 }, (_, i) => guesser.refusal('findRoom', { roomId: `ZZZZ${i + 10}` }))
  expect((await Promise.all(codes)).filter((code) => code === 'rateLimited')).toHaveLength(20)
  const passwords = []
  for (let i = 0; i < 220; i += 1)
    passwords.push(await guesser.refusal('joinRoom', { roomId: room.id, name: 'Mallory', password: `${i}` }))
  expect(passwords.filter((code) => code === 'passwordRequired')).toHaveLength(10)
  const grace = await Client.connect(url, { from: '127.0.0.3' })
  await grace.join({ joinCode: room.joinCode, name: 'Grace', password: 'open sesame' })
  expect((await fetch(`${url}/api/rooms/join/${room.joinCode}`)).status).toBe(200)
})
