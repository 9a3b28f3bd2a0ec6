import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { enter, hostRoom } from '../support/Client.ts'
import { crowdCapabilities, GreyVideo } from '../support/CrowdRtp.ts'
import { startServer } from '../support/server.ts'

test('while another program holds the database, chat says so and all else goes on; then it heals by itself', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  await host.say('Before')

  const other = new Database(join(server.dataDir, 'lanyard.db'))
  other.exec('BEGIN IMMEDIATE')
  expect(await host.refusal('sendChat', { text: 'Lost?', clientMessageId: '00000000-0000-4000-8000-000000000001' })).toBe(
    'storeUnavailable',
  )
  const { client, joined } = await enter(server.url, room.joinCode, 'Grace')
  expect(joined.messages.map(({ text }) => text)).toEqual(['Before'])
  await client.request('updateMember', { microphone: true })
  await host.take('peerChanged', ({ member }) => member.name === 'Grace' && member.microphone)
  await client.request('createTransport', { direction: 'send' })
  await client.request('leaveRoom', {})
  other.exec('ROLLBACK')

  let stored = false
  while (!stored)
    stored = (await host.ask('sendChat', { text: 'Lost?', clientMessageId: '00000000-0000-4000-8000-000000000001' })).ok
  expect((await host.request('chatHistory', {})).messages.map(({ text }) => text)).toEqual(['Before', 'Lost?'])
  // What happened meanwhile was written down afterwards.
  expect(other.prepare("SELECT disconnected_at IS NOT NULL FROM sessions WHERE user_name = 'Grace'").pluck().all()).toEqual([1])
  other.close()
})

test('a dead media worker is replaced, and takes neither the seat nor the chat along', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  const { client } = await enter(server.url, room.joinCode, 'Grace')
  const { transportId } = await client.request('createTransport', { direction: 'send' })
  const [pid] = server.workerPids
  process.kill(pid!, 'SIGKILL')
  await client.take('mediaReset')
  await host.take('mediaReset')
  expect(await client.refusal('restartIce', { transportId })).toBe('transportNotFound')
  expect((await host.say('Still here')).message.text).toBe('Still here')
  await client.request('createTransport', { direction: 'send' })
  expect(server.workerPids).toHaveLength(1)
  expect(server.workerPids).not.toContain(pid)
})

test('a media worker that hangs is killed and replaced, and whoever waited for it has an answer', async () => {
  const server = await startServer({ workerPulseMs: 1_000 })
  const { host } = await hostRoom(server.url)
  await host.request('createTransport', { direction: 'send' })
  const [pid] = server.workerPids
  process.kill(pid!, 'SIGSTOP')
  const stuck = host.refusal('createTransport', { direction: 'send' })
  expect((await host.say('Still here')).message.text).toBe('Still here')
  await host.take('mediaReset')
  expect(await stuck).toBe('mediaUnavailable')
  expect(server.workerPids).not.toContain(pid)
  await host.request('createTransport', { direction: 'send' })
})

test('what belongs to someone else cannot be touched, and has the same answer as what is not there', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  const { client } = await enter(server.url, room.joinCode, 'Grace')
  const { transportId } = await host.request('createTransport', { direction: 'send' })
  for (const id of [transportId, 'absent']) {
    expect(await client.refusal('restartIce', { transportId: id })).toBe('transportNotFound')
    expect(await client.refusal('connectTransport', { transportId: id, dtlsParameters: { fingerprints: [] } })).toBe(
      'transportNotFound',
    )
    expect(await client.refusal('produce', { transportId: id, source: 'camera', kind: 'video', rtpParameters: {} })).toBe(
      'transportNotFound',
    )
    expect(await client.refusal('pauseProducer', { producerId: id })).toBe('producerNotFound')
    expect(await client.refusal('resumeConsumer', { consumerId: id })).toBe('consumerNotFound')
  }
  expect(await host.refusal('produce', { transportId, source: 'camera', kind: 'audio', rtpParameters: {} })).toBe('badRequest')
  expect(await host.refusal('produce', { transportId, source: 'camera', kind: 'video', rtpParameters: { codecs: 'all' } })).toBe(
    'badRequest',
  )
})

test('whoever consumes the same thing again has a new consumer in place of the old one', async () => {
  const server = await startServer()
  const { host, room } = await hostRoom(server.url)
  const { client } = await enter(server.url, room.joinCode, 'Grace')
  const { transportId } = await host.request('createTransport', { direction: 'send' })
  const { rtpParameters } = new GreyVideo()
  const { producerId } = await host.request('produce', { transportId, source: 'camera', kind: 'video', rtpParameters })
  await client.request('createTransport', { direction: 'receive', rtpCapabilities: crowdCapabilities })
  const old = await client.request('consume', { producerId })
  const { consumerId } = await client.request('consume', { producerId })
  await client.request('pauseConsumer', { consumerId })
  expect(await client.refusal('pauseConsumer', { consumerId: old.consumerId })).toBe('consumerNotFound')
})

test('a server that is closed leaves no media worker behind, not even one that hangs', async () => {
  const server = await startServer({ workerPulseMs: 60_000 })
  const [pid] = server.workerPids
  process.kill(pid!, 'SIGSTOP')
  await server.close()
  expect(() => process.kill(pid!, 0)).toThrow('ESRCH')
})
