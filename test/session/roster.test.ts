import { expect, test } from 'vitest'
import type { Member } from '../../src/shared/model.ts'
import { Roster } from '../../src/renderer/src/session/Roster.ts'
import { until } from '../support/until.ts'

const member = (name: string, more: Partial<Member> = {}): Member => ({
  peerId: name.toLowerCase(),
  userId: `user-${name.toLowerCase()}`,
  name,
  role: 'speaker',
  connection: 'connected',
  microphone: false,
  camera: false,
  screen: false,
  stopped: [],
  producers: [],
  joinedAt: '2026-01-01T00:00:00.000Z',
  ...more,
})
const at = (number: number, epoch = 'first') => ({ epoch, number })
const names = (roster: Roster) => roster.members.map(({ name }) => name)
const unasked = () => Promise.reject(new Error('nobody should ask'))

test('changes that follow each other are taken without asking', () => {
  const roster = new Roster(unasked)
  roster.replace({ members: [member('Ada')], revision: at(4) })
  roster.put(member('Ben'), at(5))
  roster.put(member('Ada', { microphone: true }), at(6))
  roster.reconnecting('ben', at(7))
  expect(roster.members).toEqual([member('Ada', { microphone: true }), member('Ben', { connection: 'reconnecting' })])
  roster.remove('ada', at(8))
  expect(names(roster)).toEqual(['Ben'])
})

test('a change that is known already changes nothing', () => {
  const roster = new Roster(unasked)
  roster.replace({ members: [member('Ada')], revision: at(4) })
  roster.put(member('Ben'), at(4))
  roster.remove('ada', at(3))
  expect(names(roster)).toEqual(['Ada'])
})

test('changes that come before the answer to a join are kept for it', () => {
  const roster = new Roster(unasked)
  roster.put(member('Ben'), at(5))
  roster.put(member('Cem'), at(6))
  roster.replace({ members: [member('Ada'), member('Ben')], revision: at(5) })
  expect(names(roster)).toEqual(['Ada', 'Ben', 'Cem'])
})

test('after a gap the whole roster is asked for, and what came meanwhile is added', async () => {
  const answer = Promise.withResolvers<{ members: Member[]; revision: { epoch: string; number: number } }>()
  const roster = new Roster(() => answer.promise)
  roster.replace({ members: [member('Ada')], revision: at(1) })
  roster.put(member('Cem'), at(3))
  expect(names(roster)).toEqual(['Ada'])
  roster.put(member('Dee'), at(4))
  answer.resolve({ members: [member('Ada'), member('Ben'), member('Cem')], revision: at(3) })
  await until(roster, () => roster.members.length === 4)
  expect(names(roster)).toEqual(['Ada', 'Ben', 'Cem', 'Dee'])
})

test('a new epoch asks for the whole roster, whatever its numbers', async () => {
  const roster = new Roster(() => Promise.resolve({ members: [member('Ada'), member('Ben')], revision: at(2, 'second') }))
  roster.replace({ members: [member('Ada'), member('Zoe')], revision: at(1) })
  roster.put(member('Ben'), at(2, 'second'))
  await until(roster, () => roster.members.some(({ name }) => name === 'Ben'))
  expect(names(roster)).toEqual(['Ada', 'Ben'])
})

test('asks again where the answer was older than what is missing', async () => {
  const answers = [at(2), at(4)]
  const roster = new Roster(() => Promise.resolve({ members: [member('Ada')], revision: answers.shift()! }))
  roster.replace({ members: [member('Ada')], revision: at(1) })
  roster.put(member('Eve'), at(5))
  await until(roster, () => roster.members.length === 2)
  expect(answers).toEqual([])
})

test('a change that follows nothing the server knows is dropped after asking once', async () => {
  let asked = 0
  const roster = new Roster(() => {
    asked += 1
    return Promise.resolve({ members: [member('Ada')], revision: at(1) })
  })
  roster.replace({ members: [member('Ada')], revision: at(1) })
  roster.put(member('Nobody'), at(50))
  await until(roster, () => asked > 0)
  roster.put(member('Ben'), at(2))
  await until(roster, () => roster.members.length === 2)
  expect(asked).toBe(1)
})

test('an answer that comes after leaving is not taken', async () => {
  const answer = Promise.withResolvers<{ members: Member[]; revision: { epoch: string; number: number } }>()
  const roster = new Roster(() => answer.promise)
  roster.replace({ members: [member('Ada')], revision: at(1) })
  roster.put(member('Cem'), at(3))
  roster.clear()
  answer.resolve({ members: [member('Ada'), member('Ben')], revision: at(3) })
  await answer.promise
  await Promise.resolve()
  expect(names(roster)).toEqual([])
})
