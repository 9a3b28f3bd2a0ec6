import { expect, test } from 'vitest'
import { NewRoomBudget } from '../../src/main/server/NewRoomBudget.ts'

test('three thousand rooms in an hour are made from one network, and then no more; others go on', async () => {
  const budget = new NewRoomBudget()
  await Promise.all(Array.from({ length: 1_500 }, () => budget.spend('192.0.2.7')))
  for (let i = 0; i < 1_500; i += 1) await budget.spend('192.0.2.7')
  await expect(budget.spend('192.0.2.7')).rejects.toMatchObject({
    code: 'rateLimited',
    details: { retryAfterMs: expect.any(Number) as number },
  })
  await budget.spend('192.0.2.8')
  // One network of IPv6 is one.
  for (let i = 0; i < 3_000; i += 1) await budget.spend(`2001:db8:0:1::${i.toString(16)}`)
  await expect(budget.spend('2001:db8:0:1::ffff')).rejects.toMatchObject({ code: 'rateLimited' })
  await budget.spend('2001:db8:0:2::1')
})
