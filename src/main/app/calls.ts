import { release } from 'node:os'
import { app, clipboard, shell } from 'electron'
import type { Hosting as HostingState } from '../../shared/bridge.ts'
import type { RoomLink } from '../../shared/roomLink.ts'
import { isLoopback, isSameServer } from '../../shared/address.ts'
import { AppError } from '../../shared/errors.ts'
import type { Checkups } from './Checkups.ts'
import type { AppProbe } from '../../shared/probe.ts'
import type { Hosting } from './hosting.ts'
import type { Handlers } from './ipc.ts'
import type { Meeting } from './meeting.ts'
import type { KeptFile } from './KeptFile.ts'
import type { Notices } from './notices.ts'
import type { Place } from './Place.ts'
import { launchAtLogin } from './registration.ts'
import type { Secrets } from './secrets.ts'
import type { KnownServers } from './servers/KnownServers.ts'
import type { Servers } from './servers/Servers.ts'
import type { SettingsStore } from './settings.ts'
import type { Sharing } from './sharing.ts'
import type { MainWindow } from './window.ts'

export interface CallParts {
  checkups: Checkups
  hosting: Hosting
  known: KnownServers
  /** What the page keeps. */
  kept: KeptFile
  meeting: Meeting
  notices: Notices
  place: Place
  secrets: Secrets
  servers: Servers
  settings: SettingsStore
  sharing: Sharing
  window: MainWindow
  /** The file of the AppImage that runs; null for none. */
  appImage: string | null
  dataDir: string
  stopHosting: () => Promise<HostingState>
  takeLink: () => RoomLink | null
  /** Null unless the app was started for a program that asks. */
  probe: (() => Promise<AppProbe>) | null
}

/** What is done for each call of the window. */
export function callHandlers(parts: CallParts): Handlers {
  const { checkups, hosting, known, kept, meeting, notices, place, secrets, servers, settings, sharing, window } = parts
  const { appImage, dataDir, probe, stopHosting, takeLink } = parts
  const isOwn = (server: string) => hosting.state.status === 'on' && isSameServer(hosting.state.url, server)
  /**
   * A server's secrets go by its first certificate, those of servers of this computer by their address, but for the own one, whose port
   * may change. A page is given those of the place where it is, and of no other.
   */
  const keyOf = (server: string): string => {
    const { server: visited } = place.whereabouts
    // Wherever it has moved since: a page there reaches nobody else.
    if (visited) return visited.serverId
    if (!isLoopback(new URL(server))) throw new AppError('forbidden', 'The window is not at this server')
    return isOwn(server) ? 'own' : new URL(server).origin
  }

  return {
    getAbout: () => ({
      version: app.getVersion(),
      electron: process.versions.electron,
      chromium: process.versions.chrome,
      node: process.versions.node,
      system: `${process.platform} ${release()} ${process.arch}`,
      dataDir,
      logsDir: app.getPath('logs'),
    }),
    getSettings: () => settings.settings,
    changeSettings: async (changes) => {
      const changed = settings.change(changes)
      meeting.mindKey()
      if (changes.launchAtLogin !== undefined) await launchAtLogin(changes.launchAtLogin, appImage)
      return changed
    },
    getHosting: () => hosting.state,
    startHosting: ({ anyPort = false }) => hosting.start({ anyPort }),
    stopHosting,
    measureCapacity: async () => ({ capacity: await hosting.measure() }),
    getServerKeys: async ({ server }) => ({ ...(await secrets.keysOf(keyOf(server))), isOwn: isOwn(server) }),
    keepHostKey: async ({ server, roomId, key }) => {
      await secrets.keepHostKey(keyOf(server), roomId, key)
      return {}
    },
    getKept: () => ({ kept: kept.get('kept') ?? null }),
    keep: ({ kept: news }) => {
      kept.set('kept', news)
      return {}
    },
    getServers: () => ({ servers: servers.nearby }),
    meetServer: (wish) => servers.meet(wish),
    meetAgain: ({ serverId }) => servers.meetAgain(serverId),
    trustServer: ({ fingerprint }) => servers.trust(fingerprint),
    getKnownServers: () => ({
      servers: known.all.map(({ id, name, addresses, metAt }) => ({ serverId: id, name, address: addresses[0] ?? null, metAt })),
    }),
    forgetServer: ({ serverId }) => {
      known.forget(serverId)
      return {}
    },
    lookUpCode: async ({ room }) => ({
      servers: (await servers.lookUp(room)).map(({ id, name }) => ({ serverId: id, name })),
    }),
    visitServer: async ({ serverId, room }) => {
      meeting.show(null)
      if (serverId === null) place.goHome()
      else await place.visit(serverId, room)
      return {}
    },
    getWhereabouts: () => place.whereabouts,
    locateServer: async () => ({ url: await place.locate() }),
    checkNetwork: (what) => checkups.look(what),
    takeLink: () => {
      const link = takeLink()
      return { link, meant: link ? servers.meantBy(link) : { server: null, others: [] } }
    },
    chooseShare: (choice) => {
      sharing.choose(choice)
      return {}
    },
    showMeeting: ({ meeting: news }) => {
      meeting.show(news)
      return {}
    },
    notify: (notice) => {
      const { notifications, sounds } = settings.settings
      if (notifications && !window.isFocused) notices.show(notice, !sounds)
      return {}
    },
    copyText: async ({ text }) => {
      await clipboard.writeText(text)
      return {}
    },
    openExternal: async ({ url }) => {
      await shell.openExternal(url)
      return {}
    },
    probe: () => {
      if (!probe) throw new AppError('forbidden', 'Lanyard was not started with --automation')
      return probe()
    },
    openLogs: async () => {
      await shell.openPath(app.getPath('logs'))
      return {}
    },
    openData: async () => {
      await shell.openPath(dataDir)
      return {}
    },
  }
}
