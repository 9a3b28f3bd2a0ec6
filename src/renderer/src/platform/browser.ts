import { z } from 'zod'
import { openChannel, read, readKept, saveFile, showTheme, write, writeKept } from './kept.ts'
import type { Platform } from './Platform.ts'

const DEVICE_BYTES = 32
/** Keys of rooms that one was host of; the oldest give way. */
const MAX_HOST_KEYS = 200
const HostKeys = z.record(z.string(), z.string())

/** The window as a page that its room server serves: that server, this browser's storage. */
export function browserPlatform(): Platform {
  const query = new URLSearchParams(location.search)
  return {
    serverUrl: location.origin,
    serverName: location.origin,
    serverLabel: location.host,
    invitation: { room: query.get('room'), name: query.get('username') },
    device: readDevice(),
    locate: () => location.origin,
    readKept,
    keep: writeKept,
    hostKey: (roomId) => readHostKeys()[roomId] ?? null,
    keepHostKey(roomId, key) {
      const { [roomId]: _, ...others } = readHostKeys()
      write('hostKeys', Object.fromEntries([[roomId, key], ...Object.entries(others)].slice(0, MAX_HOST_KEYS)))
    },
    roomLink(code) {
      const link = new URL('/', location.origin)
      link.searchParams.set('room', code)
      return link.href
    },
    showRoom(code) {
      history.replaceState(null, '', code === null ? location.pathname : `${location.pathname}?room=${encodeURIComponent(code)}`)
    },
    showTheme,
    openChannel,
    saveFile,
    copyText,
  }
}

function readDevice(): string {
  const kept = z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/)
    .safeParse(read('device'))
  if (kept.success) return kept.data
  const secret = base64url(crypto.getRandomValues(new Uint8Array(DEVICE_BYTES)))
  write('device', secret)
  return secret
}

const readHostKeys = () => HostKeys.catch({}).parse(read('hostKeys'))

const base64url = (bytes: Uint8Array) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyBySelection(text)
  }
}

/** For pages over plain http, which get no clipboard. Beside the focus, because a dialog keeps the focus inside. */
function copyBySelection(text: string): boolean {
  const focused = document.activeElement
  const area = document.createElement('textarea')
  area.value = text
  area.className = 'unseen'
  ;(focused?.parentElement ?? document.body).append(area)
  area.select()
  const copied = document.execCommand('copy')
  area.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return copied
}
