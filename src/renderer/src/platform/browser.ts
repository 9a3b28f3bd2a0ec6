import { z } from 'zod'
import { Fingerprint } from '../../../shared/fingerprint.ts'
import { linkRef, pagePath, readRoomLink, writeAppLink, type RoomLink } from '../../../shared/roomLink.ts'
import { openChannel, read, readKept, saveFile, showTheme, write, writeKept } from './kept.ts'
import type { Acquaintance, LinkedRoom, Platform } from './Platform.ts'

const DEVICE_BYTES = 32
/** Keys of rooms that one was host of; the oldest give way. */
const MAX_HOST_KEYS = 200
const HostKeys = z.record(z.string(), z.string())

/** The window as a page that its room server serves: that server, this browser's storage. */
export function browserPlatform(): Platform {
  const { link, fault } = readRoomLink(location.href)
  const invited = ({ joinCode, linkKey }: LinkedRoom): RoomLink | null =>
    link?.room === joinCode ? { ...link, key: linkKey ?? link.key } : null
  // The port without encryption marks its page so.
  const isPlain = 'plain' in document.documentElement.dataset
  return {
    serverUrl: location.origin,
    serverName: location.origin,
    serverLabel: location.host,
    invitation: {
      room: link && linkRef(link),
      name: new URLSearchParams(location.search).get('username'),
      fingerprint: link?.fingerprint ?? null,
      // The address of the first screen is no link.
      fault: fault === 'notALink' ? null : fault,
    },
    isPlain,
    acquaintance: location.protocol === 'https:' ? acquaintance : null,
    device: isPlain ? undefined : readDevice(),
    locate: () => location.origin,
    readKept,
    keep: writeKept,
    hostKey: (roomId) => readHostKeys()[roomId] ?? null,
    keepHostKey(roomId, key) {
      const { [roomId]: _, ...others } = readHostKeys()
      write('hostKeys', Object.fromEntries([[roomId, key], ...Object.entries(others)].slice(0, MAX_HOST_KEYS)))
    },
    appLink(room, links) {
      // The app comes to where it is encrypted, and the page is not there.
      const link = isPlain ? null : invited(room)
      return link ? writeAppLink(link) : (links?.app ?? null)
    },
    showRoom(room) {
      history.replaceState(null, '', room === null ? '/' : pagePath(invited(room) ?? linkHere(room)))
    },
    showTheme,
    openChannel,
    saveFile,
    copyText,
  }
}

/** To a room of the server that has served the page, which needs no address. */
const linkHere = ({ joinCode, linkKey }: LinkedRoom): RoomLink => ({
  ...{ room: joinCode, key: linkKey, addresses: [], fingerprint: null },
})

const acquaintance: Acquaintance = {
  known: () => Fingerprint.safeParse(read('known')).data ?? null,
  keep: (fingerprint) => write('known', fingerprint),
  forget() {
    for (const key of ['known', 'device', 'hostKeys']) write(key, null)
  },
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
