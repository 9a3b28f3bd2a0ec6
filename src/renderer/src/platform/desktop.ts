import type { AutomatedPage, Bridge, CallValue } from '../../../shared/bridge.ts'
import { openChannel, saveFile, showTheme } from './kept.ts'
import type { Kept, Platform } from './Platform.ts'

declare global {
  interface Window {
    readonly lanyard?: Bridge
    readonly lanyardAutomation?: AutomatedPage
  }
}

/** Electron's bridge, where this window is the app's. */
export const findBridge = (): Bridge | null => window.lanyard ?? null

/** What a program decides that drives the app; null where its user does. */
export const findAutomation = (): AutomatedPage | null => window.lanyardAutomation ?? null

/** The server that a window of the app is at. */
export interface Target {
  /** Null at none. */
  url: string | null
  /** The one that this copy carries. */
  isOwn: boolean
  /** What this copy knows it by; null for one on this computer. */
  serverId: string | null
  /** The room to go to. */
  room: string | null
}

export interface DesktopParts extends Pick<Platform, 'locate' | 'readKept' | 'serverLabel'> {
  keep: (kept: Kept) => void
  /** It is on the first screen again. */
  backHome: () => void
}

/** The app's window at a server, with the secrets that main keeps for it. */
export function desktopPlatform(
  bridge: Bridge,
  { url, isOwn, serverId, room }: Target,
  keys: CallValue<'getServerKeys'> | null,
  { backHome, ...parts }: DesktopParts,
): Platform {
  const hostKeys = new Map(Object.entries(keys?.hostKeys ?? {}))
  return {
    serverUrl: url,
    serverName: isOwn ? 'own' : (serverId ?? url ?? ''),
    invitation: { room, name: null },
    isPlain: false,
    acquaintance: null,
    device: keys?.device,
    ...parts,
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
