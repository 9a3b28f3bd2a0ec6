import { expect, test } from 'vitest'
import { Emitter } from '../../src/shared/emitter.ts'
import type { Welcome } from '../../src/shared/protocol.ts'
import type { Acquaintance, Platform } from '../../src/renderer/src/platform/Platform.ts'
import type { Session } from '../../src/renderer/src/session/Session.ts'
import { Contact } from '../../src/renderer/src/state/Contact.svelte.ts'

const fingerprint = 'c0ffee'.padEnd(64, '0')
const words = ['amber', 'river', 'canvas', 'pilot', 'meadow', 'lamp']
const urls = ['https://192.168.1.20:4433']

function meet({
  features = ['byOwnAuthority', 'ownAuthority'],
  known = null as string | null,
  linked = null as string | null,
  isBrowser = true,
  isPlain = false,
} = {}) {
  const done: string[] = []
  const acquaintance: Acquaintance = { known: () => known, keep: (kept) => done.push(kept), forget: () => done.push('forgotten') }
  const server: Welcome['server'] = { id: 's', name: 'Kitchen', version: '1', fingerprint, words, urls }
  const connection = {
    status: 'connected',
    welcome: { features: Object.fromEntries(features.map((name) => [name, true])), server } as unknown as Welcome,
  } as const
  const session = Object.assign(new Emitter<{ connection: [] }>(), { connection, close: () => done.push('closed') })
  const invitation = { room: null, name: null, fingerprint: linked }
  const platform = { isPlain, invitation, acquaintance: isBrowser ? acquaintance : null }
  return { contact: new Contact(session as unknown as Session, platform as Platform), done }
}

test('a server that a browser meets for the first time is a stranger until its words are those of the host', () => {
  const { contact, done } = meet()
  expect(contact.stranger).toMatchObject({ name: 'Kitchen', words, hasChanged: false })
  expect(contact.stranger?.fingerprint).toMatch(/^C0:FF:EE:00/)
  contact.accept()
  expect(contact.stranger).toBeNull()
  expect(done).toEqual([fingerprint])
})

test('one that is known is none, and one that shows another certificate is one again', () => {
  expect(meet({ known: fingerprint }).contact.stranger).toBeNull()
  expect(meet({ known: 'ab'.repeat(32) }).contact.stranger).toMatchObject({ hasChanged: true })
})

test('of a link that names another certificate it is said so, and of one that names this one nothing', () => {
  expect(meet({ linked: 'ab'.repeat(32) }).contact.stranger).toMatchObject({ isNotLinked: true })
  for (const linked of [fingerprint, null]) expect(meet({ linked }).contact.stranger).toMatchObject({ isNotLinked: false })
})

test('where the words differ, the connection ends and what was kept is forgotten', () => {
  const { contact, done } = meet()
  contact.refuse()
  expect(contact.isRefused).toBe(true)
  expect(done).toEqual(['closed', 'forgotten'])
})

test('words are asked for only where browsers warn: not in the app, not behind a proxy with a certificate of its own', () => {
  expect(meet({ isBrowser: false }).contact.stranger).toBeNull()
  expect(meet({ features: ['ownAuthority'] }).contact.stranger).toBeNull()
})

test('without encryption the way to it is known, to the room that is meant', () => {
  const { contact } = meet({ isPlain: true, isBrowser: false })
  expect(contact.secureLink()).toBe(urls[0])
  expect(contact.secureLink('7QK4MX')).toBe(`${urls[0]}/j/7QK4MX`)
  expect(contact.secureLink('7QK4MX.abcdefghijklmnop')).toBe(`${urls[0]}/j/7QK4MX#k=abcdefghijklmnop`)
  expect(contact.secureLink('design-sync')).toBe(`${urls[0]}/?room=design-sync`)
  expect(meet().contact.secureLink('7QK4MX')).toBeNull()
})

test('the authority is offered where there is one', () => {
  expect(meet().contact.trustPage).toBe(`${urls[0]}/trust`)
  expect(meet({ features: [] }).contact.trustPage).toBeNull()
})
