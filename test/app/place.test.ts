/** Where the app's window goes: to servers that are known, in the session that trusts their certificate and no other. */
import { expect, test } from 'vitest'
import { Place } from '../../src/main/app/Place.ts'
import { makeAuthority } from '../../src/main/server/tls/authority.ts'
import { Emitter } from '../../src/shared/emitter.ts'
import { appCopy } from '../support/appCopy.ts'
import { certificateOf, fingerprintOf } from '../support/certificates.ts'
import { TlsServer } from '../support/TlsServer.ts'
import { until } from '../support/until.ts'

type Parts = ConstructorParameters<typeof Place>[0]

/** A window that keeps what it is told, and where it was sent. */
class Window extends Emitter<{ changed: [] }> {
  readonly went: (string | null)[] = []
  readonly told: string[] = []

  moveTo(partition: string | null): void {
    this.went.push(partition)
  }

  tell(name: string): void {
    this.told.push(name)
    this.emit('changed')
  }
}

function place() {
  const { known, servers, network, know } = appCopy()
  const window = new Window()
  const partitions = { of: (fingerprint: string) => `trusts ${fingerprint}` }
  const parts = { known, servers, window, partitions } as unknown as Parts
  return { place: new Place(parts), known, servers, network, know, window }
}

const office = () => makeAuthority({ server: 'Office' })

test('the window goes to a server that answers, in the session of its certificate, and back', async () => {
  const keys = await certificateOf(await office())
  const server = await TlsServer.start(keys)
  const { place: at, know, window } = place()
  const id = await know(server)
  await at.visit(id, 'ABC123')
  expect(window.went).toEqual([`trusts ${fingerprintOf(keys)}`])
  expect(at.whereabouts).toEqual({
    server: { serverId: id, name: server.address, url: `https://${server.address}` },
    room: 'ABC123',
  })
  at.goHome()
  expect(window.went.at(-1)).toBeNull()
  expect(at.whereabouts).toEqual({ server: null, room: null })

  await server.close()
  await TlsServer.start(await certificateOf(await office()), { port: server.port })
  await expect(at.visit(id, 'ABC123')).rejects.toThrow('does not answer')
  expect(window.went).toHaveLength(2)
})

test('a server whose certificate is renewed meanwhile is found again in the session of the new one', async () => {
  const authority = await office()
  const [before, after] = [await certificateOf(authority), await certificateOf(authority)]
  const server = await TlsServer.start(before)
  const { place: at, know, window } = place()
  await at.visit(await know(server), null)
  await server.close()
  expect(await at.locate()).toBeNull()
  const renewed = await TlsServer.start(after, { port: server.port })
  expect(await at.locate()).toBe(`https://${renewed.address}`)
  expect(window.went).toEqual([before, after].map((keys) => `trusts ${fingerprintOf(keys)}`))
})

test('the window is told that its server has left only when it has: whatever others claim, it is asked itself', async () => {
  const keys = await certificateOf(await office())
  const server = await TlsServer.start(keys)
  const rogue = await TlsServer.start(await certificateOf(await office()))
  const { place: at, know, network, servers, window } = place()
  const id = await know(server)
  await at.visit(id, null)
  const asked = server.reached
  network.claim(fingerprintOf(keys), [rogue.address])
  await until(server, () => server.reached > asked)
  expect(await servers.hasLeft(id, server.address)).toBe(false)
  expect(window.told).toEqual([])
  await server.close()
  const moved = await TlsServer.start(keys)
  network.claim(fingerprintOf(keys), [moved.address])
  await until(window, () => window.told.length > 0)
  expect(window.told).toEqual(['serverMoved'])
  expect(await at.locate()).toBe(`https://${moved.address}`)
  expect(rogue.told).toBe('')
})
