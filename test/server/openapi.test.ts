import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@hey-api/openapi-ts'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { expect, onTestFinished, test } from 'vitest'
import { startWithKeys } from '../support/api.ts'
import { Client } from '../support/Client.ts'

const documentOf = async (url: string) => (await fetch(`${url}/api/v1/openapi.json`)).text()

/** The address that a room is found at by its code stands in the documents that came first. No slug is `join`, so both lead to one. */
const isSettled = ({ ruleId, message }: { ruleId: string; message: string }) =>
  ruleId === 'no-ambiguous-paths' && message.includes('`/rooms/join/{code}` and `/rooms/{room}/')

test('F20: the document passes a linter without an error or a warning', async () => {
  const { url, ask } = await startWithKeys()
  const config = await createConfig({ extends: ['recommended'] })
  const found = await lintFromString({ source: await documentOf(url), absoluteRef: 'openapi.json', config })
  expect(found.filter((problem) => !isSettled(problem)).map(({ ruleId, message }) => `${ruleId}: ${message}`)).toEqual([])
  const answer = await ask('POST', '/rooms', { name: 'Join', slug: 'join' })
  expect(answer.body).toMatchObject({ status: 400, code: 'badRequest', details: { path: 'slug' } })
})

/** What the generator makes of operations: asks, and gives the value, or the error, beside the response. */
type Operation = (options: {
  client: unknown
  body?: object
  path?: object
}) => Promise<{ data?: Record<string, never>; error?: { code: string }; response: Response }>

/** A client that is generated from a document, into a directory that goes with the test. */
async function generate(document: string) {
  const directory = await mkdtemp(join(tmpdir(), 'lanyard-client-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const plugins = ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'] as const
  await createClient({
    input: JSON.parse(document),
    output: { path: directory, module: { extension: '.ts' } },
    plugins: [...plugins],
    logs: { level: 'silent' },
  })
  const load = (file: string) => import(/* @vite-ignore */ join(directory, file)) as Promise<Record<string, never>>
  return {
    operations: (await load('sdk.gen.ts')) as Record<string, Operation>,
    makeClient: (await load('client/index.ts'))['createClient'] as unknown as (options: object) => unknown,
  }
}

test('F20: a client that is generated from the document makes a room and a token, and someone joins with it', async () => {
  const { url, keys } = await startWithKeys()
  const { operations, makeClient } = await generate(await documentOf(url))
  const { createRoom, createToken, readRoom, listMembers, deleteRoom, revokeToken } = operations
  const client = makeClient({ baseUrl: `${url}/api/v1`, auth: keys[0] })

  const made = await createRoom!({ client, body: { name: 'Review', admission: 'lobby' } })
  expect(made.response.status).toBe(201)
  expect(made.response.headers.get('location')).toBe(`/api/v1/rooms/${made.data!['id']}`)
  const path = { room: made.data!['id'] }
  const body = { room_id: made.data!['id'], user_name: 'Grace', permissions: { moderate: true } }
  const token = await createToken!({ client, body })
  expect(token).toMatchObject({ response: { status: 201 }, data: { user_name: 'Grace' } })

  const grace = await Client.connect(url, { auth: { protocol: 1, token: token.data!['token'] } })
  expect((await grace.join({ joinCode: made.data!['joinCode'], name: 'Anyone' })).self).toMatchObject({ name: 'Grace' })
  expect((await readRoom!({ client, path })).data).toMatchObject({ state: 'ACTIVE', present: 1 })
  expect((await listMembers!({ client, path })).data).toEqual({ members: [] })
  await revokeToken!({ client, path: { id: token.data!['id'] } })
  expect(await grace.take('removed')).toMatchObject({ reason: 'tokenRevoked' })
  expect((await deleteRoom!({ client, path })).response.status).toBe(204)
  expect((await readRoom!({ client, path })).error).toMatchObject({ code: 'roomNotFound' })
})
