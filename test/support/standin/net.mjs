import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { state } from './core.mjs'

const MIME = {
  html: 'text/html',
  js: 'text/javascript',
  mjs: 'text/javascript',
  css: 'text/css',
  json: 'application/json',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  webp: 'image/webp',
  ico: 'image/x-icon',
  woff2: 'font/woff2',
  wasm: 'application/wasm',
  map: 'application/json',
  txt: 'text/plain',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
  wav: 'audio/wav',
  mp4: 'video/mp4',
  webm: 'video/webm',
}

/** net.fetch: Node's fetch, plus file:// and our own schemes. The session's certificate handler is not asked. */
export async function netFetch(input, init) {
  const request = new Request(input, init)
  const { protocol } = new URL(request.url)
  const handler = !init?.bypassCustomProtocolHandlers && state.sessions.get('')?.protocol._handlers.get(protocol.slice(0, -1))
  if (handler) return handler(request)
  if (protocol !== 'file:') return fetch(request)
  const path = fileURLToPath(request.url.replace(/[?#].*$/, ''))
  const bytes = await readFile(path).catch(() => {
    throw new TypeError('net::ERR_FILE_NOT_FOUND')
  })
  return new Response(bytes, { headers: { 'content-type': MIME[extname(path).slice(1)] ?? 'application/octet-stream' } })
}
