/** The desktop app: one window, and the room server that it carries. */
import { release } from 'node:os'
import { join, resolve } from 'node:path'
import { app, clipboard, dialog, ipcMain, nativeTheme, session, shell, utilityProcess } from 'electron'
import type { CallParams, Hosting as HostingState, Link } from '../../shared/bridge.ts'
import { HIDDEN, launchAtLogin } from './autostart.ts'
import { Hosting } from './hosting.ts'
import { serveCalls } from './ipc.ts'
import { linkAmong, parseLink, SCHEME } from './links.ts'
import { openLog, takeLines } from './logs.ts'
import { showMenu } from './menu.ts'
import { listenForKey } from './microphoneKey.ts'
import { Notices } from './notices.ts'
import { registerScheme, servePage } from './page.ts'
import { guardPermissions } from './permissions.ts'
import { Wakefulness, watchPower } from './power.ts'
import { offerProbe } from './probe.ts'
import { Secrets } from './secrets.ts'
import { SettingsStore } from './settings.ts'
import { Sharing } from './sharing.ts'
import { count, Tray } from './tray.ts'
import { confine, MainWindow } from './window.ts'

const environment = {
  appImage: process.env['APPIMAGE'] ?? null,
  isWayland: process.platform === 'linux' && process.env['XDG_SESSION_TYPE'] === 'wayland',
  allowedOrigins: process.env['LANYARD_ALLOW_ORIGIN']?.split(',') ?? [],
}
const isAutomated = app.commandLine.hasSwitch('automation')
const out = join(import.meta.dirname, '..')
const resources = app.isPackaged ? process.resourcesPath : join(out, '../resources')

app.setName('Lanyard')
// As the installed shortcut says, or Windows shows no notifications.
if (process.platform === 'win32') app.setAppUserModelId('app.lanyard.Lanyard')
// Several copies on one computer, each with a folder of its own: for tests, and for whoever wants two.
const folder = app.commandLine.getSwitchValue('user-data-dir')
if (folder !== '') app.setPath('userData', resolve(folder))
registerScheme()
if (isAutomated) {
  app.commandLine.appendSwitch('use-fake-device-for-media-stream')
  app.commandLine.appendSwitch('use-fake-ui-for-media-stream')
}

/** A link that no window has asked for yet. */
let waitingLink: Link | null = linkAmong(process.argv)

if (app.requestSingleInstanceLock()) run()
else app.quit()

function run(): void {
  const log = openLog(app.getPath('logs'))
  process.on('uncaughtExceptionMonitor', (error) => log.error({ err: error }, 'an uncaught exception: this is a defect'))
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'an unhandled rejection: this is a defect'))

  const settings = new SettingsStore(log)
  const secrets = new Secrets(log)
  const wakefulness = new Wakefulness()
  const window = new MainWindow(
    settings,
    () => nativeTheme.shouldUseDarkColors,
    () => showMeeting(null),
  )
  const notices = new Notices((topic) => {
    window.show()
    window.tell('notificationClicked', { topic })
  })
  const dataDir = join(app.getPath('userData'), 'server')
  const hosting = new Hosting({
    log,
    fork: () => {
      const server = utilityProcess.fork(join(out, 'main/hosted.js'), [], { serviceName: 'Lanyard room server', stdio: 'pipe' })
      takeLines(log, server.stderr)
      takeLines(log, server.stdout)
      server.on('error', (type, location) => log.error({ type, location }, 'the room server has failed'))
      return {
        get pid() {
          return server.pid
        },
        postMessage: (order) => server.postMessage(order),
        kill: () => {
          if (server.pid !== undefined) process.kill(server.pid, 'SIGKILL')
        },
        on: (event, listener) => server.on(event, listener),
        once: (event, listener) => server.once(event, listener),
      }
    },
    config: () => ({
      // Only this computer reaches it, until connections to it are encrypted.
      host: '127.0.0.1',
      port: settings.settings.serverPort,
      dataDir,
      ...(settings.settings.serverName !== '' && { name: settings.settings.serverName }),
      allowedOrigins: environment.allowedOrigins,
      workerBin: app.isPackaged
        ? join(resources, process.platform === 'win32' ? 'mediasoup-worker.exe' : 'mediasoup-worker')
        : null,
    }),
  })
  let tray: Tray | null = null
  let sharing: Sharing | null = null
  let isInMeeting = false
  let isInOwnMeeting = false

  hosting.on('changed', (state) => {
    window.tell('hostingChanged', state)
    tray?.update(state)
    wakefulness.keep('hosting', state.status === 'on' && state.people > 0)
    // With neither a window nor a server there is nothing left to be there for.
    if (state.status === 'off' && !window.isOpen && process.platform !== 'darwin') app.quit()
  })

  function openLink(link: Link | null): void {
    if (app.isReady()) window.show()
    if (!link) return
    waitingLink = link
    // One that is on its way does not hear this, and asks by itself.
    window.tell('linkOpened', {})
  }

  /** A server's secrets go by its address, but for the own one, whose port may change. */
  const keyOf = (server: string) => (isOwn(server) ? 'own' : new URL(server).origin)
  const isOwn = (server: string) => hosting.state.status === 'on' && isSameServer(hosting.state.url, server)

  function showMeeting(meeting: CallParams<'showMeeting'>['meeting']): void {
    isInMeeting = meeting !== null
    isInOwnMeeting = meeting?.isOwn ?? false
    wakefulness.keep('call', isInMeeting)
    mindKey()
    if (meeting) notices.count(meeting.unread)
    else notices.clear()
  }

  function mindKey(): void {
    listenForKey(isInMeeting && settings.settings.microphoneKey, () => window.tell('commanded', { command: 'toggleMicrophone' }))
  }

  app.on('second-instance', (_, argv) => openLink(linkAmong(argv)))
  app.on('open-url', (event, url) => {
    event.preventDefault()
    openLink(parseLink(url))
  })
  app.on('activate', () => window.show())
  app.on('web-contents-created', (_, contents) => confine(contents))
  app.on('window-all-closed', () => {
    showMeeting(null)
    const { status } = hosting.state
    // The meetings of others go on; the tray shows so, where there is one.
    if (status !== 'off' && status !== 'failed') {
      const body = 'Its sign in the tray opens the window again, and so does starting it once more.'
      if (settings.settings.notifications) notices.show({ topic: 'meeting', title: 'Lanyard goes on hosting', body }, true)
    } else if (process.platform !== 'darwin') app.quit()
  })

  /** Whether the meetings of others on this computer may end: they may where nobody else is in one, or someone has said so. */
  async function mayEnd(act: 'Quit' | 'Stop hosting'): Promise<boolean> {
    const others = hosting.people - (isInOwnMeeting ? 1 : 0)
    if (others <= 0) return true
    const question = {
      type: 'warning' as const,
      message: `${count(others)} ${others === 1 ? 'is' : 'are'} in a meeting on this computer`,
      detail: `If you ${act === 'Quit' ? 'quit Lanyard' : 'stop hosting'}, the meeting ends for them.`,
      buttons: [act, 'Stay'],
      defaultId: 1,
      cancelId: 1,
    }
    const parent = window.browserWindow
    const { response } = await (parent ? dialog.showMessageBox(parent, question) : dialog.showMessageBox(question))
    return response === 0
  }

  async function stopHosting(): Promise<HostingState> {
    return (await mayEnd('Stop hosting')) ? hosting.stop() : hosting.state
  }

  leaveInOrder(hosting, () => mayEnd('Quit'))

  void app.whenReady().then(() => {
    guardPermissions(session.defaultSession)
    servePage(session.defaultSession.protocol, join(out, 'renderer'))
    serveCalls(
      ipcMain,
      (event) => window.isSender(event),
      {
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
          mindKey()
          if (changes.launchAtLogin !== undefined) await launchAtLogin(changes.launchAtLogin, environment.appImage)
          return changed
        },
        getHosting: () => hosting.state,
        startHosting: ({ anyPort = false }) => hosting.start({ anyPort }),
        stopHosting,
        getServerKeys: async ({ server }) => ({ ...(await secrets.keysOf(keyOf(server))), isOwn: isOwn(server) }),
        keepHostKey: async ({ server, roomId, key }) => {
          await secrets.keepHostKey(keyOf(server), roomId, key)
          return {}
        },
        takeLink: () => {
          const link = waitingLink
          waitingLink = null
          return { link }
        },
        chooseShare: (choice) => {
          sharing?.choose(choice)
          return {}
        },
        showMeeting: ({ meeting }) => {
          showMeeting(meeting)
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
        openLogs: async () => {
          await shell.openPath(app.getPath('logs'))
          return {}
        },
        openData: async () => {
          await shell.openPath(dataDir)
          return {}
        },
      },
      log,
    )
    if (!process.argv.includes(HIDDEN)) window.show()
    // What follows needs no one to wait for the first picture.
    showMenu((command) => {
      window.show()
      window.tell('commanded', { command })
    })
    sharing = new Sharing(session.defaultSession, (question) => window.tell('shareAsked', question), {
      systemAsks: environment.isWayland,
    })
    tray = new Tray(join(resources, process.platform === 'darwin' ? 'trayTemplate.png' : 'tray.png'), {
      show: () => window.show(),
      host: () => {
        window.show()
        void hosting.start()
      },
      stop: () => void stopHosting(),
      quit: () => app.quit(),
    })
    tray.update(hosting.state)
    watchPower((power) => window.tell('powerChanged', { power }))
    registerLinks()
    if (isAutomated)
      offerProbe(() => ({
        hosting: hosting.state,
        serverPid: hosting.pid,
        isWindowOpen: window.isOpen,
        version: app.getVersion(),
      }))
    log.info({ version: app.getVersion(), electron: process.versions.electron }, 'the app is ready')
  })
}

/** How long the server may take to stop when the app is left, in ms. */
const LEAVE_MS = 12_000

/** Quitting ends the meetings on this computer: it asks when others are in them, and lets the server say goodbye and store what waits. */
function leaveInOrder(hosting: Hosting, mayQuit: () => Promise<boolean>): void {
  let isLeaving = false
  let isAsking = false

  async function leave(): Promise<void> {
    await Promise.race([hosting.stop(), new Promise((resolve) => setTimeout(resolve, LEAVE_MS))])
    isLeaving = true
    app.quit()
  }

  app.on('before-quit', (event) => {
    if (isLeaving || hosting.state.status === 'off' || hosting.state.status === 'failed') return
    event.preventDefault()
    if (isAsking) return
    isAsking = true
    void mayQuit()
      .then((may) => (may ? leave() : undefined))
      .finally(() => (isAsking = false))
  })
  // Nobody is there to be asked, or the question is open and nobody answers it.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void leave())
}

/** At one address, or at one port of this computer, whatever it is called. */
function isSameServer(one: string, other: string): boolean {
  const [a, b] = [new URL(one), new URL(other)]
  return a.origin === b.origin || (isLoopback(a) && isLoopback(b) && a.port === b.port && a.protocol === b.protocol)
}

const isLoopback = ({ hostname }: URL) => hostname === 'localhost' || /^127(\.\d{1,3}){3}$/.test(hostname)

/** Makes this copy the one that opens `lanyard://` links. */
function registerLinks(): void {
  // In a checkout the program is Electron itself, which needs to be told what to run.
  const [, entry] = process.argv
  if (process.defaultApp && entry !== undefined) app.setAsDefaultProtocolClient(SCHEME, process.execPath, [entry])
  else app.setAsDefaultProtocolClient(SCHEME)
}
