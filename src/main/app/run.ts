import { isIPv6 } from 'node:net'
import { join } from 'node:path'
import { app, ipcMain, nativeTheme } from 'electron'
import { isThisComputer } from '../../shared/address.ts'
import type { Hosting as HostingState } from '../../shared/bridge.ts'
import { writeAppLink, type RoomLink } from '../../shared/roomLink.ts'
import { shiftClock } from '../../shared/shiftClock.ts'
import { callHandlers } from './calls.ts'
import { forkServer } from './carried.ts'
import { Checkups } from './Checkups.ts'
import { Hosting } from './hosting.ts'
import { serveCalls } from './ipc.ts'
import { KeptFile } from './KeptFile.ts'
import { leaveInOrder, mayEnd, mayLeave } from './leaving.ts'
import { linkAmong, readAppLink } from './links.ts'
import { openLog } from './logs.ts'
import { NoticeBoard } from './automation/NoticeBoard.ts'
import { offerProbe } from './automation/probe.ts'
import type { Automation } from './automation/switches.ts'
import { Meeting } from './meeting.ts'
import { showMenu } from './menu.ts'
import { Notices } from './notices.ts'
import { measureAtLeisure } from './measureAtLeisure.ts'
import { Partitions } from './partitions.ts'
import { Place } from './Place.ts'
import { Wakefulness, watchPower } from './power.ts'
import { isStartedHidden, registerLinks } from './registration.ts'
import { Secrets } from './secrets.ts'
import { KnownServers } from './servers/KnownServers.ts'
import { Servers } from './servers/Servers.ts'
import { SettingsStore } from './settings.ts'
import { Sharing } from './sharing.ts'
import { Tray } from './tray.ts'
import { confine, MainWindow } from './window.ts'
import { Interfaces } from '../lan/Interfaces.ts'
import { Browser } from '../lan/mdns/Browser.ts'
import { Multicast } from '../lan/mdns/Multicast.ts'

export interface Environment {
  /** The file of the AppImage that runs; null for none. */
  appImage: string | null
  isWayland: boolean
  /** The address that stands for every network of this computer: there the carried server listens. */
  everywhere: string
  /** What a program decides that drives this copy; null where its user does. */
  automation: Automation | null
}

/** Runs the app once Electron is ready: its parts, and who tells whom. `given` is what it was started and opened with so far. */
export function run({ appImage, isWayland, everywhere, automation }: Environment, given: readonly string[]): void {
  const out = join(import.meta.dirname, '..')
  const resources = app.isPackaged ? process.resourcesPath : join(out, '../resources')
  const dataDir = join(app.getPath('userData'), 'server')
  const host = automation?.host ?? everywhere
  const clockAheadMs = automation?.clockAheadMs ?? 0
  if (clockAheadMs !== 0) shiftClock(clockAheadMs)

  const log = openLog(app.getPath('logs'))
  process.on('uncaughtExceptionMonitor', (error) => log.error({ err: error }, 'an uncaught exception: this is a defect'))
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'an unhandled rejection: this is a defect'))

  const settings = new SettingsStore(log)
  const wakefulness = new Wakefulness()
  const window: MainWindow = new MainWindow(settings, {
    automation: automation && { clockAheadMs },
    isDark: () => nativeTheme.shouldUseDarkColors,
    gone: () => meeting.show(null),
    mayClose: () => isQuitting() || meeting.room === null || mayLeave(meeting.room, window.browserWindow),
  })
  const board = automation && new NoticeBoard()
  const notices = new Notices((topic) => {
    window.show()
    window.tell('notificationClicked', { topic })
  }, board?.post)
  const meeting = new Meeting({
    settings,
    notices,
    wakefulness,
    microphoneKeyPressed: () => window.tell('commanded', { command: 'toggleMicrophone' }),
  })
  const portWanted = () => automation?.port ?? settings.settings.serverPort
  const hosting = new Hosting({
    log,
    fork: () => forkServer(log, clockAheadMs),
    config: () => ({
      host,
      port: portWanted(),
      ...(settings.settings.plainGuests && { plainPort: portAfter(portWanted()) }),
      dataDir,
      ...(settings.settings.serverName !== '' && { name: settings.settings.serverName }),
      measureAfterMs: 2_000,
      ...(automation && automatedConfig(automation)),
      workerBin: app.isPackaged
        ? join(resources, process.platform === 'win32' ? 'mediasoup-worker.exe' : 'mediasoup-worker')
        : null,
    }),
    capacity: settings.capacity,
  })
  const sharing = new Sharing((question) => window.tell('shareAsked', question), { systemAsks: isWayland })
  const partitions = new Partitions(join(out, 'renderer'), sharing)
  const secrets = new Secrets(log)
  const known = new KnownServers(new KeptFile('servers', log))
  const interfaces = new Interfaces()
  const discovery = new Browser({ open: () => new Multicast(interfaces, log), own: () => interfaces.addresses })
  const servers = new Servers({
    known,
    discovery,
    deviceFor: async ({ id }) => (await secrets.keysOf(id)).device,
    ownFingerprint: () => (hosting.state.status === 'on' ? hosting.state.fingerprint : null),
    log,
  })
  const place = new Place({ known, servers, partitions, window })
  const checkups = new Checkups({
    ...{ hosting, known, place, servers, settings, host },
    tell: (progress) => window.tell('networkChecked', progress),
  })
  /** A link that no window has asked for yet. */
  let waitingLink = linkAmong(given)

  const isHosting = () => hosting.state.status !== 'off' && hosting.state.status !== 'failed'
  const mayEndFor = (act: 'Quit' | 'Stop hosting') => mayEnd(act, hosting.people - (meeting.isOwn ? 1 : 0), window.browserWindow)

  async function stopHosting(): Promise<HostingState> {
    return (await mayEndFor('Stop hosting')) ? hosting.stop() : hosting.state
  }

  function openLink(link: RoomLink | null): void {
    // Whoever starts the app while it ends wants it again.
    if (isQuitting()) return app.relaunch({ args: [...process.argv.slice(1), ...(link ? [writeAppLink(link)] : [])] })
    window.show()
    if (!link) return
    waitingLink = link
    // One that is on its way does not hear this, and asks by itself.
    window.tell('linkOpened', {})
  }

  app.on('second-instance', (_, argv) => openLink(linkAmong(argv)))
  app.on('open-url', (_, url) => openLink(readAppLink(url)))
  app.on('activate', () => window.show())
  app.on('web-contents-created', (_, contents) => confine(contents))
  // A certificate of its user's says who they are, and no server is told so.
  app.on('select-client-certificate', (event, _contents, _url, _certificates, choose) => {
    event.preventDefault()
    choose()
  })
  app.on('window-all-closed', () => {
    meeting.show(null)
    // One that has come just now is to be seen.
    if (waitingLink && !isQuitting()) return window.show()
    // The meetings of others go on; the tray shows so, where there is one.
    if (isHosting()) {
      const body = 'Its sign in the tray opens the window again, and so does starting it once more.'
      if (settings.settings.notifications) notices.show({ topic: 'meeting', title: 'Lanyard goes on hosting', body }, true)
    } else if (process.platform !== 'darwin') app.quit()
  })
  const isQuitting = leaveInOrder(hosting, () => mayEndFor('Quit'))

  const probe = board && offerProbe({ hosting, notices: board, version: app.getVersion(), isWindowOpen: () => window.isOpen })
  serveCalls(
    ipcMain,
    (event) => window.isSender(event),
    callHandlers({
      ...{
        appImage,
        checkups,
        dataDir,
        hosting,
        known,
        meeting,
        notices,
        place,
        secrets,
        servers,
        settings,
        sharing,
        window,
        stopHosting,
        probe,
      },
      kept: new KeptFile('page', log),
      takeLink: () => {
        const link = waitingLink
        waitingLink = null
        return link
      },
    }),
    log,
  )
  if (!isStartedHidden() || waitingLink) window.show()

  // What follows needs no one to wait for the first picture.
  showMenu((command) => {
    // A room is made at the first screen, not at the server of someone else.
    if (command === 'newRoom' && meeting.room === null) place.goHome()
    window.show()
    window.tell('commanded', { command })
  })
  const tray = new Tray(join(resources, process.platform === 'darwin' ? 'trayTemplate.png' : 'tray.png'), {
    show: () => window.show(),
    open: ({ joinCode }) => openLink({ room: joinCode, key: null, addresses: [], fingerprint: null }),
    host: () => {
      window.show()
      void hosting.start()
    },
    stop: () => void stopHosting(),
    quit: () => app.quit(),
  })
  hosting.on('changed', (state) => {
    window.tell('hostingChanged', state)
    tray.update(state, hosting.rooms)
    wakefulness.keep('hosting', state.status === 'on' && state.people > 0)
    // With neither a window nor a server there is nothing left to be there for.
    if (state.status === 'off' && !window.isOpen && process.platform !== 'darwin') app.quit()
  })
  hosting.on('rooms', () => tray.update(hosting.state, hosting.rooms))
  // Those who know the address of a server find it there again.
  hosting.on('moved', (port) => settings.change({ serverPort: port }))
  hosting.on('capacity', (capacity) => {
    if (capacity.inUse === 0) settings.keepCapacity(capacity)
  })
  if (!automation) measureAtLeisure(hosting, () => meeting.room === null, log)
  servers.on('changed', () => window.tell('serversChanged', { servers: servers.nearby }))
  // A copy that keeps to this computer looks for nobody, and is seen by nobody.
  if (!isThisComputer(isIPv6(host) ? `[${host}]` : host)) discovery.start()
  watchPower((power) => window.tell('powerChanged', { power }))
  // The copy of a program must not become the one that opens its user's links.
  if (!automation) registerLinks()
  log.info({ version: app.getVersion(), electron: process.versions.electron }, 'the app is ready')
}

/** The port beside another one; any beside any. */
const portAfter = (port: number) => (port === 0 || port === 65_535 ? 0 : port + 1)

/** What a program decides of the carried server. */
function automatedConfig({ rtcPorts, serverName, allowedOrigins }: Automation) {
  // Nothing else is to keep the machine busy.
  return { allowedOrigins, measureAfterMs: null, ...(rtcPorts && { rtcPorts }), ...(serverName !== null && { name: serverName }) }
}
