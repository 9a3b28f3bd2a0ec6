import type { Bridge, CallValue } from '../../../shared/bridge.ts'
import { openChannel, readKept, saveFile, showTheme, writeKept } from './kept.ts'
import type { Platform } from './Platform.ts'

declare global {
  interface Window {
    readonly lanyard?: Bridge
  }
}

/** Electron's bridge, where this window is the app's. */
export const findBridge = (): Bridge | null => window.lanyard ?? null

/** The server that a window of the app is at. */
export interface Target {
  /** Null at none. */
  url: string | null
  /** The one that this copy carries. */
  isOwn: boolean
  /** The room to go to. */
  room: string | null
}

/** The app's window at a server, with the secrets that main keeps for it. `backHome` is called when it is on the first screen again. */
export function desktopPlatform(
  bridge: Bridge,
  { url, isOwn, room }: Target,
  keys: CallValue<'getServerKeys'> | null,
  { backHome, isServerThere }: Pick<Platform, 'isServerThere'> & { backHome: () => void },
): Platform {
  const hostKeys = new Map(Object.entries(keys?.hostKeys ?? {}))
  return {
    serverUrl: url,
    serverName: isOwn ? 'own' : (url ?? ''),
    invitation: { room, name: null },
    device: keys?.device,
    isServerThere,
    readKept,
    keep: writeKept,
    hostKey: (roomId) => hostKeys.get(roomId) ?? null,
    keepHostKey(roomId, key) {
      hostKeys.set(roomId, key)
      if (url !== null) void bridge.keepHostKey({ server: url, roomId, key })
    },
    appLink: () => null,
    showRoom(room) {
      if (room === null) backHome()
    },
    showTheme,
    openChannel,
    saveFile,
    copyText: async (text) => (await bridge.copyText({ text })).ok,
  }
}
