/** What `require('electron')` and `import … from 'electron'` answer with in the main process. */
import { app } from './app.mjs'
import { BrowserWindow } from './browserWindow.mjs'
import { absent, part, standin } from './core.mjs'
import { clipboard } from './desktop/clipboard.mjs'
import { crashReporter } from './desktop/crashReporter.mjs'
import { desktopCapturer } from './desktop/desktopCapturer.mjs'
import { dialog } from './desktop/dialog.mjs'
import { globalShortcut } from './desktop/globalShortcut.mjs'
import { Menu, MenuItem } from './desktop/menu.mjs'
import { nativeImage } from './desktop/nativeImage.mjs'
import { nativeTheme } from './desktop/nativeTheme.mjs'
import { Notification } from './desktop/notification.mjs'
import { powerMonitor, powerSaveBlocker } from './desktop/power.mjs'
import { safeStorage } from './desktop/safeStorage.mjs'
import { screen } from './desktop/screen.mjs'
import { shell } from './desktop/shell.mjs'
import { systemPreferences } from './desktop/systemPreferences.mjs'
import { Tray } from './desktop/tray.mjs'
import { ipcMain } from './ipcMain.mjs'
import { netFetch } from './net.mjs'
import { registerSchemesAsPrivileged } from './schemes.mjs'
import { fromPartition, Session } from './session.mjs'
import { utilityProcess } from './utilityProcess.mjs'
import { WebContents } from './webContents.mjs'

function readySession(partition = '') {
  if (!app.isReady()) throw new Error('Session can only be received when app is ready')
  return fromPartition(partition)
}

const session = part('session', {
  get defaultSession() {
    return readySession()
  },
  fromPartition: readySession,
  Session,
})

/** Of the default session. */
const protocol = part('protocol', {
  registerSchemesAsPrivileged,
  handle: (...args) => readySession().protocol.handle(...args),
  unhandle: (...args) => readySession().protocol.unhandle(...args),
  isProtocolHandled: (...args) => readySession().protocol.isProtocolHandled(...args),
})

/** They may be imported, and say that they are not implemented as soon as they are used. */
const missing = [
  'autoUpdater',
  'BaseWindow',
  'BrowserView',
  'contentTracing',
  'ImageView',
  'inAppPurchase',
  'MessageChannelMain',
  'netLog',
  'pushNotifications',
  'ServiceWorkerMain',
  'ShareMenu',
  'sharedTexture',
  'TouchBar',
  'View',
  'webFrameMain',
  'WebContentsView',
]

export const electron = part('', {
  app,
  BrowserWindow,
  clipboard,
  crashReporter,
  desktopCapturer,
  dialog,
  globalShortcut,
  ipcMain,
  Menu,
  MenuItem,
  nativeImage,
  nativeTheme,
  net: part('net', { fetch: netFetch, isOnline: () => true, online: true }),
  Notification,
  powerMonitor,
  powerSaveBlocker,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  standin,
  systemPreferences,
  Tray,
  utilityProcess,
  webContents: WebContents,
  ...Object.fromEntries(missing.map((name) => [name, absent(name)])),
})
