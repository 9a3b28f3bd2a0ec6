import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

/** A file of the program, and what it might import one day. */
const forbidden: [file: string, imported: string][] = [
  ['src/shared/withNode.ts', 'node:fs'],
  ['src/shared/withServer.ts', '../main/server/index.ts'],
  ['src/shared/withSocket.ts', 'socket.io-client'],
  ['src/shared/withMediasoup.ts', 'mediasoup-client'],
  ['src/main/server/withElectron.ts', 'electron'],
  ['src/main/server/withClient.ts', 'mediasoup-client'],
  ['src/main/server/withWindow.ts', '../../renderer/src/session/Session.ts'],
  ['src/main/server/withTool.ts', 'vitest'],
  ['src/main/server/withTests.ts', '../../../test/support/server.ts'],
  ['src/main/server/Room.ts', 'mediasoup'],
  ['src/main/server/Peer.ts', 'socket.io'],
  ['src/main/server/handlers.ts', 'hono'],
  ['src/main/server/RoomServer.ts', 'kysely'],
  ['src/main/lan/withServer.ts', '../server/index.ts'],
  ['src/main/lan/withElectron.ts', 'electron'],
  ['src/main/headless.ts', './server/Roster.ts'],
  ['src/main/cli/withStore.ts', '../server/store/Store.ts'],
  ['src/renderer/src/session/withSvelte.ts', 'svelte'],
  ['src/renderer/src/session/withNode.ts', 'node:crypto'],
  ['src/renderer/src/session/withPlatform.ts', '../platform/browser.ts'],
  ['src/renderer/src/state/withSocket.svelte.ts', 'socket.io-client'],
  ['src/renderer/src/state/withComponent.svelte.ts', '../components/Tile.svelte'],
  ['src/renderer/src/components/WithSession.svelte', '../session/Session.ts'],
  ['src/renderer/src/components/WithPlatform.svelte', '../platform/browser.ts'],
  ['src/renderer/src/components/WithShared.svelte', '../../../shared/model.ts'],
  ['src/renderer/src/components/withSession.ts', '../session/Session.ts'],
  ['src/renderer/src/platform/withSession.ts', '../session/Session.ts'],
  ['src/renderer/src/state/withEntry.svelte.ts', '../App.svelte'],
  ['src/renderer/src/state/withNothing.svelte.ts', './isNotThere.ts'],
]

const allowed: [file: string, imported: string][] = [
  ['src/shared/model.ts', 'zod'],
  ['src/shared/media.ts', 'type mediasoup-client'],
  ['src/main/server/index.ts', 'node:http'],
  ['src/main/server/sfu.ts', 'mediasoup'],
  ['src/main/server/RoomMedia.ts', 'type mediasoup'],
  ['src/main/server/signaling.ts', 'socket.io'],
  ['src/main/server/rest/app.ts', 'hono'],
  ['src/main/server/store/Store.ts', 'kysely'],
  ['src/main/lan/packets.ts', 'dns-packet'],
  ['src/main/server/announcing.ts', '../lan/packets.ts'],
  ['src/main/app/discovery.ts', '../lan/packets.ts'],
  ['src/main/server/Roster.ts', '../../shared/model.ts'],
  ['src/renderer/src/session/Session.ts', 'mediasoup-client'],
  ['src/renderer/src/state/Meeting.svelte.ts', '../session/Session.ts'],
  ['src/renderer/src/state/Visit.svelte.ts', '../platform/browser.ts'],
  ['src/renderer/src/components/Tile.svelte', '../state/Meeting.svelte.ts'],
  ['src/renderer/src/components/layout.ts', 'type ../../../shared/model.ts'],
  ['src/renderer/src/platform/browser.ts', 'zod'],
  ['src/renderer/src/App.svelte', './session/Session.ts'],
  ['test/support/server.ts', '../../src/main/server/index.ts'],
]

interface Violation {
  from: string
  to: string
}

let tree: string
let violations: Violation[]

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), 'lanyard-layers-'))
  const imported = [...forbidden, ...allowed].map(([, name]) => name.replace('type ', ''))
  const packages = imported.filter((name) => !/^\.|:/.test(name))
  const atRunTime = packages.filter((name) => name !== 'vitest')
  await write(
    'package.json',
    JSON.stringify({ dependencies: Object.fromEntries(atRunTime.map((name) => [name, '*'])), devDependencies: { vitest: '*' } }),
  )
  for (const name of packages) {
    const exports = { '.': './index.js', './*': './index.js' }
    await write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', type: 'module', exports }))
    await write(`node_modules/${name}/index.js`, 'export {}')
  }
  for (const name of ['.dependency-cruiser.js', 'tsconfig.base.json']) await copyFile(join(root, name), join(tree, name))
  for (const [file, name] of [...forbidden, ...allowed]) await write(file, importing(file, name))
  violations = await cruise()
})

afterAll(() => rm(tree, { recursive: true, force: true }))

test.each(forbidden)('%s may not import %s', (file, imported) => {
  const name = imported.replace(/^node:|^(\.\.?\/)+/, '')
  expect(violations).toContainEqual({ from: file, to: expect.stringContaining(name) as string })
})

test.each(allowed)('%s may import %s', (file) => {
  expect(violations.filter(({ from }) => from === file)).toEqual([])
})

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(tree, path)), { recursive: true })
  await writeFile(join(tree, path), text)
}

function importing(file: string, imported: string): string {
  const [, type = '', from = ''] = /^(type )?(.*)$/.exec(imported) ?? []
  const text = type
    ? `import type { It } from '${from}'\nexport type Its = It\n`
    : `import * as it from '${from}'\nexport const its = it\n`
  return file.endsWith('.svelte') ? `<script lang="ts">\n${text.replaceAll('export ', '')}</script>\n{its}\n` : text
}

/** What the check says of the tree. */
async function cruise(): Promise<Violation[]> {
  const cli = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  const args = [cli, 'src', 'test', '--output-type', 'json']
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: tree, maxBuffer: 1e8 })
  const { summary } = JSON.parse(stdout) as { summary: { violations: Violation[] } }
  return summary.violations.map(({ from, to }) => ({ from, to }))
}
