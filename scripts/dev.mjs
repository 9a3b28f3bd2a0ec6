/**
 * `npm run dev`: the room server from its sources, started again at each change, and vite's development server for the
 * interface before it. Data is kept in .dev/.
 *
 *   npm run dev -- [what `lanyard serve` takes]
 */
import { createServer as listenOn } from 'node:net'
import { join } from 'node:path'
import { createServer } from 'vite'
import config from '../electron.vite.config.ts'
import { node, root, say, start } from './setup/run.mjs'

const port = await freePort()
const target = `http://127.0.0.1:${port}`
const serving = ['src/main/headless.ts', 'serve', '--port', `${port}`, '--data-dir', '.dev', '--no-web', ...process.argv.slice(2)]
const server = start(node, ['--watch', '--watch-preserve-output', ...serving])

// The room server lets in its own pages only, so the proxy speaks in its name.
const proxied = { target, ws: true, changeOrigin: true, headers: { origin: target } }
const vite = await createServer({
  ...config.renderer,
  configFile: false,
  root: join(root, 'src/renderer'),
  server: { host: '127.0.0.1', proxy: { '/socket.io': proxied, '/healthz': proxied, '/api': proxied } },
})
await vite.listen()
say(`The interface is at ${vite.resolvedUrls?.local[0]}, the room server behind it at ${target}`)
process.exitCode = await server.ended
await vite.close()

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const listener = listenOn().once('error', reject)
    listener.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (listener.address())
      listener.close(() => resolve(port))
    })
  })
}
