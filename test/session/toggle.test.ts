import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AppError } from '../../src/shared/errors.ts'
import { Toggle } from '../../src/renderer/src/session/Toggle.ts'

test('however fast someone clicks, the last wish comes true', async () => {
  const property = fc.asyncProperty(
    fc.scheduler(),
    fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }),
    async (scheduler, wishes) => {
      let device = false
      let atWork = 0
      const toggle = new Toggle(async (on) => {
        expect(++atWork).toBe(1)
        await scheduler.schedule(Promise.resolve(), on ? 'on' : 'off')
        device = on
        atWork -= 1
        return on
      })
      scheduler.scheduleSequence(
        wishes.map((wish) => ({ label: `click ${wish}`, builder: () => Promise.resolve(toggle.set(wish)) })),
      )
      await scheduler.waitIdle()
      await toggle.settled()

      expect({ desired: toggle.desired, actual: toggle.actual, device }).toEqual({
        desired: wishes.at(-1),
        actual: wishes.at(-1),
        device: wishes.at(-1),
      })
    },
  )
  await fc.assert(property, { numRuns: 300 })
})

test('a device that is denied leaves the switch off, with the reason', async () => {
  const denied = new AppError('deviceDenied', 'The camera is not allowed here')
  const toggle = new Toggle(() => Promise.reject(denied))
  toggle.set(true)
  expect(toggle.desired).toBe(true)
  await toggle.settled()
  expect(toggle).toMatchObject({ desired: false, actual: false, error: denied })

  toggle.set(true)
  expect(toggle.error).toBeNull()
})

test('the failure of a wish that was taken back is not shown', async () => {
  const { promise, reject } = Promise.withResolvers<boolean>()
  const toggle = new Toggle(() => promise)
  toggle.set(true)
  toggle.set(false)
  reject(new AppError('deviceDenied', 'The camera is not allowed here'))
  await toggle.settled()
  expect(toggle).toMatchObject({ desired: false, actual: false, error: null })
})

test('a wish that comes to nothing without an error leaves none', async () => {
  const toggle = new Toggle(() => Promise.resolve(false))
  toggle.set(true)
  await toggle.settled()
  expect(toggle).toMatchObject({ desired: false, actual: false, error: null })
})

test('what goes away by itself switches off, with the reason', async () => {
  const calls: boolean[] = []
  const toggle = new Toggle((on) => Promise.resolve(calls.push(on)).then(() => on))
  toggle.set(true)
  await toggle.settled()
  toggle.drop(new AppError('deviceNotFound', 'The camera has gone'))
  await toggle.settled()
  expect(toggle).toMatchObject({ desired: false, actual: false, error: { code: 'deviceNotFound' } })
  expect(calls).toEqual([true, false])
})
