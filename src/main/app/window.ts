import { join } from 'node:path'
import { app, BrowserWindow, screen, shell, type Event, type IpcMainInvokeEvent, type WebContents } from 'electron'
import { APP_ORIGIN } from '../../shared/appOrigin.ts'
import { AUTOMATION_ARGUMENT, EVENT_CHANNEL, type AutomatedPage, type EventName, type EventPayload } from '../../shared/bridge.ts'
import type { SettingsStore, WindowPlace } from './settings.ts'

/** The canvas behind the page until it has painted: that of the page itself, light and dark. */
const CANVAS = { light: '#fbfaf8', dark: '#131211' }
const PAGE = `${APP_ORIGIN}/index.html`
const LEAST = { width: 360, height: 480 }
/** In a minute; a page that crashes more often is left as it is. */
const MOST_CRASHES = 3
const FIRST = { width: 1180, height: 780 }

export interface WindowOptions {
  isDark: () => boolean
  /** The page has crashed, with all that it was at. */
  gone: () => void
  /** Asks, where there is something to ask. */
  mayClose: () => true | Promise<boolean>
  /** What its page is told where a program drives it. */
  automation: AutomatedPage | null
}

/** The one window: opened, brought back, kept where it was. It shows the package's own page and nothing else. */
export class MainWindow {
  readonly #settings: SettingsStore
  readonly #isDark: () => boolean
  readonly #gone: () => void
  readonly #mayClose: () => true | Promise<boolean>
  readonly #automation: AutomatedPage | null
  /** When the page has crashed of late, in ms since 1970. */
  #crashes: number[] = []
  #window: BrowserWindow | null = null
  /** Of the session that its page runs in; null for the default one. */
  #partition: string | null = null
  /** Until the page listens. */
  #loaded: Promise<void> = Promise.resolve()

  constructor(settings: SettingsStore, { isDark, gone, mayClose, automation }: WindowOptions) {
    this.#settings = settings
    this.#automation = automation
    this.#gone = gone
    this.#mayClose = mayClose
    this.#isDark = isDark
  }

  get isOpen(): boolean {
    return this.#window !== null
  }

  get isFocused(): boolean {
    return this.#window?.isFocused() ?? false
  }

  /** For dialogs that belong to it. */
  get browserWindow(): BrowserWindow | null {
    return this.#window
  }

  /** Opens it, or brings it to the front. */
  show(): void {
    if (!this.#window) return this.#open()
    if (this.#window.isMinimized()) this.#window.restore()
    this.#window.show()
    this.#window.focus()
  }

  /**
   * Shows the page anew in another session, which no window can change: a new window comes in the place of the old one. Null for the
   * default one.
   */
  moveTo(partition: string | null): void {
    this.#partition = partition
    const old = this.#window
    if (old) this.#open(old)
  }

  /** Tells the page, as soon as it listens; nobody, where there is no window. */
  tell<N extends EventName>(name: N, payload: EventPayload<N>): void {
    const window = this.#window
    void this.#loaded.then(() => {
      if (window !== null && window === this.#window) window.webContents.send(EVENT_CHANNEL, name, payload)
    })
  }

  /** Whether a call comes from our page, in the main frame of our window. */
  isSender({ sender, senderFrame }: IpcMainInvokeEvent): boolean {
    return (
      sender === this.#window?.webContents &&
      senderFrame !== null &&
      senderFrame.parent === null &&
      senderFrame.url.startsWith(`${APP_ORIGIN}/`)
    )
  }

  /** `old` goes when the new one is there to be seen. */
  #open(old: BrowserWindow | null = null): void {
    if (old) this.#keepPlace(old)
    const place = visible(this.#settings.windowPlace)
    const window = new BrowserWindow({
      ...(place ?? FIRST),
      minWidth: LEAST.width,
      minHeight: LEAST.height,
      show: false,
      title: 'Lanyard',
      backgroundColor: this.#isDark() ? CANVAS.dark : CANVAS.light,
      autoHideMenuBar: true,
      webPreferences: {
        preload: join(import.meta.dirname, '../preload/index.cjs'),
        ...(this.#partition !== null && { partition: this.#partition }),
        ...(this.#automation && { additionalArguments: [`${AUTOMATION_ARGUMENT}${this.#automation.clockAheadMs}`] }),
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        webviewTag: false,
        spellcheck: false,
        // A call goes on when its window is covered.
        backgroundThrottling: false,
      },
    })
    this.#window = window
    if (place?.maximized) window.maximize()
    if (old?.isFullScreen()) window.setFullScreen(true)
    window.once('ready-to-show', () => {
      window.show()
      if (old && !old.isDestroyed()) old.destroy()
    })
    window.on('close', (event) => this.#closing(window, event))
    window.on('closed', () => {
      if (this.#window === window) this.#window = null
    })
    this.#load(window)
    window.webContents.on('render-process-gone', (_, { reason }) => {
      if (reason === 'clean-exit') return
      if (this.#window !== window) return
      this.#gone()
      this.#crashes = [...this.#crashes.filter((at) => Date.now() - at < 60_000), Date.now()]
      if (this.#crashes.length <= MOST_CRASHES) setImmediate(() => this.#window && this.#load(this.#window))
    })
  }

  #closing(window: BrowserWindow, event: Event): void {
    this.#keepPlace(window)
    const answer = this.#mayClose()
    if (answer === true) return
    event.preventDefault()
    void answer.then((may) => {
      if (may && !window.isDestroyed()) window.destroy()
    })
  }

  #load(window: BrowserWindow): void {
    // What fails to load is shown by Chromium; a page that crashed is loaded anew.
    this.#loaded = window.loadURL(PAGE).catch(() => {})
  }

  #keepPlace(window: BrowserWindow): void {
    this.#settings.keepWindowPlace({ ...window.getNormalBounds(), maximized: window.isMaximized() })
  }
}

/** Whatever shows a page in this program stays on the package's own: no other page, no other window, no webview. */
export function confine(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (!event.url.startsWith(`${APP_ORIGIN}/`)) event.preventDefault()
  })
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    if (URL.parse(url)?.protocol === 'https:') void shell.openExternal(url)
    return { action: 'deny' }
  })
}

/** Null where that place is on no screen any more. */
function visible(place: WindowPlace | null): WindowPlace | null {
  if (!place || !app.isReady()) return null
  const { x, y, width, height } = place
  if (x === undefined || y === undefined) return place
  const shown = screen.getAllDisplays().some(({ workArea: area }) => {
    const across = Math.min(x + width, area.x + area.width) - Math.max(x, area.x)
    const down = Math.min(y + height, area.y + area.height) - Math.max(y, area.y)
    return across > 100 && down > 100
  })
  return shown ? place : null
}
