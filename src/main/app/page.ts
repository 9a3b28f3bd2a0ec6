import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import type { Protocol } from 'electron'
import { APP_ORIGIN } from '../../shared/appOrigin.ts'
import { APP_SCHEME } from './scheme.ts'

const { host } = new URL(APP_ORIGIN)

/**
 * What the window may do: all of its code is from the package. At the first screen it connects to this computer alone; at a server, over
 * encrypted connections alone, which its session lets lead to that server and to nobody else. Styles of elements are Svelte's.
 */
const policy = (connections: string) =>
  [
    "default-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    `connect-src 'self' ${connections}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

const POLICY = {
  home: policy('http://127.0.0.1:* ws://127.0.0.1:* http://localhost:* ws://localhost:*'),
  server: policy('https: wss:'),
}

/** What the built interface is made of. */
const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
}

/** Answers `app://lanyard/…` out of the folder of the built interface, and nothing beside it; for the first screen, or at a server. */
export function servePage(on: Protocol, folder: string, at: keyof typeof POLICY): void {
  on.handle(APP_SCHEME, async (request) => {
    const url = new URL(request.url)
    const file = url.host === host && request.method === 'GET' ? fileOf(url.pathname, folder) : null
    // Electron's own `fs` also reads from the package's archive.
    const content = file === null ? null : await readFile(file).catch(() => null)
    if (file === null || content === null) return new Response(null, { status: 404 })
    return new Response(content, {
      headers: {
        'Content-Type': types[extname(file)] ?? 'application/octet-stream',
        'Content-Security-Policy': POLICY[at],
        'X-Content-Type-Options': 'nosniff',
        'Referrer-Policy': 'no-referrer',
        'Cross-Origin-Opener-Policy': 'same-origin',
      },
    })
  })
}

/** Null for what lies outside of the folder, or is no path. */
function fileOf(pathname: string, folder: string): string | null {
  try {
    const file = normalize(join(folder, decodeURIComponent(pathname === '/' ? '/index.html' : pathname)))
    return file.startsWith(folder + sep) && !file.includes('\0') ? file : null
  } catch {
    return null
  }
}
