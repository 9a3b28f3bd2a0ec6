/** app: life cycle, paths, single instance. */
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { appMetrics } from './appMetrics.mjs'
import { commandLine, switches } from './commandLine.mjs'
import { Emitter, prevented, record, recorded, state } from './core.mjs'
import { SingleInstance } from './SingleInstance.mjs'

class App extends Emitter {
  static apiName = 'app'
  commandLine = commandLine
  isPackaged = false
  name = 'Electron' // until a package.json is found, as in Electron
  applicationMenu = null
  userAgentFallback = ''
  badgeCount = 0
  _version = ''
  _appPath = process.cwd()
  _paths = {}
  _ready = false
  _quitting = false
  _leaving = false
  _protocols = new Set()
  _whenReady = Promise.withResolvers()

  isReady() {
    return this._ready
  }
  whenReady() {
    return this._whenReady.promise
  }
  /** Through `emit` of the object, because Playwright's loader replaces it to hold `ready` back. */
  _becomeReady() {
    if (this._leaving) return
    this._ready = true
    this.emit('will-finish-launching')
    this.emit('ready', { preventDefault() {} }, {})
    this._whenReady.resolve()
  }

  quit() {
    if (this._quitting || this._leaving) return
    this._quitting = true
    if (prevented(this, 'before-quit')) {
      this._quitting = false
      return
    }
    if (state.windows.size === 0) this._noMoreWindows()
    else for (const win of [...state.windows]) if (!win.isDestroyed()) win.close()
  }
  _quitCancelled() {
    this._quitting = false
  }
  _noMoreWindows() {
    if (!this._quitting) {
      if (this.listenerCount('window-all-closed') === 0) this.quit()
      else this.emit('window-all-closed')
    } else if (prevented(this, 'will-quit')) this._quitting = false
    else this.exit(0)
  }
  exit(code = 0) {
    if (this._leaving) return
    this._leaving = this._quitting = true
    for (const win of [...state.windows]) if (!win.isDestroyed()) win.destroy()
    this.emit('quit', {}, code)
    // Not now: Electron too finishes the running script first.
    setImmediate(() => void Promise.resolve(state.chromium?.close()).finally(() => process.exit(code)))
  }
  relaunch(options) {
    record('app.relaunch', options)
  }

  getName() {
    return this.name
  }
  setName(name) {
    this.name = name
  }
  getVersion() {
    return this._version
  }
  getAppPath() {
    return this._appPath
  }
  getPath(name) {
    if (this._paths[name]) return this._paths[name]
    const home = homedir()
    const config = process.env.XDG_CONFIG_HOME ?? join(home, '.config')
    switch (name) {
      case 'home':
        return home
      case 'appData':
        return config
      case 'userData':
        return switches.get('user-data-dir') ? resolve(switches.get('user-data-dir')) : join(this.getPath('appData'), this.name)
      case 'sessionData':
        return this.getPath('userData')
      case 'temp':
        return tmpdir()
      case 'exe':
      case 'module':
        return process.argv[0]
      case 'logs':
        return join(this.getPath('userData'), 'logs')
      case 'crashDumps':
        return join(this.getPath('userData'), 'Crashpad')
      case 'assets':
        return process.resourcesPath
      case 'desktop':
      case 'documents':
      case 'downloads':
      case 'music':
      case 'pictures':
      case 'videos':
        return join(home, name[0].toUpperCase() + name.slice(1))
      default:
        throw new Error(`Failed to get '${name}' path`)
    }
  }
  setPath(name, path) {
    this._paths[name] = path
  }
  getLocale() {
    return 'en-US'
  }
  getPreferredSystemLanguages() {
    return ['en-US']
  }

  setAsDefaultProtocolClient(scheme, ...rest) {
    record('app.setAsDefaultProtocolClient', scheme, ...rest)
    this._protocols.add(scheme)
    return true
  }
  removeAsDefaultProtocolClient(scheme) {
    return this._protocols.delete(scheme)
  }
  isDefaultProtocolClient(scheme) {
    return this._protocols.has(scheme)
  }
  /** Does nothing on Linux, and says so when asked. */
  setLoginItemSettings(settings) {
    record('app.setLoginItemSettings', settings)
  }
  getLoginItemSettings() {
    return { openAtLogin: false, openAsHidden: false, wasOpenedAtLogin: false, wasOpenedAsHidden: false, restoreState: false }
  }
  getAppMetrics() {
    return appMetrics()
  }
  setBadgeCount(count = 0) {
    record('app.setBadgeCount', count)
    this.badgeCount = count
    return true
  }
  getBadgeCount() {
    return this.badgeCount
  }

  requestSingleInstanceLock(additionalData = null) {
    this._lock ??= new SingleInstance(this.getPath('userData'))
    const message = { argv: process.argv, cwd: process.cwd(), data: additionalData }
    return this._lock.request(message, (second) => {
      void this.whenReady().then(() => this.emit('second-instance', {}, second.argv, second.cwd, second.data))
    })
  }
  hasSingleInstanceLock() {
    return this._lock?.held === true
  }
  releaseSingleInstanceLock() {
    this._lock?.release()
  }
}

recorded(App.prototype, 'app', [
  'focus',
  'hide',
  'show',
  'setAppUserModelId',
  'setAboutPanelOptions',
  'showAboutPanel',
  'addRecentDocument',
  'clearRecentDocuments',
  'setDesktopName',
  'setAppLogsPath',
  'enableSandbox',
  'disableHardwareAcceleration',
  'disableDomainBlockingFor3DAPIs',
  'setAccessibilitySupportEnabled',
  'setJumpList',
  'setUserTasks',
])

export const app = (state.app = new App())
