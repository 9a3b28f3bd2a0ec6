import { expect, onTestFinished, test, vi } from 'vitest'
import { NewRoomBudget } from '../../src/main/server/NewRoomBudget.ts'
import { Client } from '../support/Client.ts'
import { startServer } from '../support/server.ts'

/** How many of so many rooms are made. */
async function made(budget: NewRoomBudget, count: number, from: (i: number) => string | null): Promise<number> {
  const tried = await Promise.allSettled(Array.from({ length: count }, (_, i) => budget.spend(from(i))))
  return tried.filter(({ status }) => status === 'fulfilled').length
}

test('two hundred rooms in an hour are made from one network, and then no more; others go on', async () => {
  const budget = new NewRoomBudget()
  expect(await made(budget, 1_500, () => '192.0.2.7')).toBe(200)
  await expect(budget.spend('192.0.2.7')).rejects.toMatchObject({
    code: 'rateLimited',
    details: { retryAfterMs: expect.any(Number) as number },
  })
  await budget.spend('192.0.2.8')
  // One network of IPv6 is one, and so are all whose address is not known.
  expect(await made(budget, 1_500, (i) => `2001:db8:0:1::${i.toString(16)}`)).toBe(200)
  await budget.spend('2001:db8:0:2::1')
  expect(await made(budget, 1_500, () => null)).toBe(200)
})

test('from however many addresses, two thousand rooms are made in an hour', async () => {
  const budget = new NewRoomBudget()
  expect(await made(budget, 10_000, (i) => `10.0.${i >> 8}.${i & 255}`)).toBe(2_000)
  // This computer has its own.
  expect(await made(budget, 1, () => '127.0.0.1')).toBe(1)
})

test('on this computer three hundred are made in a minute, and three thousand in an hour', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const budget = new NewRoomBudget()
  const inMinutes = []
  for (let minute = 0; minute < 12; minute += 1) {
    inMinutes.push(await made(budget, 1_500, (i) => (i % 2 === 0 ? '::ffff:127.0.0.1' : '::1')))
    vi.advanceTimersByTime(60_000)
  }
  expect(inMinutes).toEqual([...Array.from({ length: 10 }, () => 300), 0, 0])
})

test('a guest who floods is stopped, and told for how long', async () => {
  const { url } = await startServer()
  const guest = await Client.connect(url)
  const codes = []
  for (let i = 0; i < 320; i += 1) {
    const answer = await guest.ask('createRoom', { name: `Room ${i}` })
    codes.push(answer.ok ? 'made' : answer.error.code)
  }
  expect(codes.filter((code) => code === 'made')).toHaveLength(300)
  expect(codes.at(-1)).toBe('rateLimited')
})
