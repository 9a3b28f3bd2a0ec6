/** An app as small as can be that uses what Lanyard uses of Electron. Specs read `seen`, and change `allow`. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  app,
  BrowserWindow,
  desktopCapturer,
  ipcMain,
  net,
  protocol,
  safeStorage,
  session,
  shell,
  utilityProcess,
} from 'electron'
import Store from 'electron-store'

const here = import.meta.dirname
const seen = []
const allow = { media: true, share: true }
Object.assign(globalThis, { seen, allow })

protocol.registerSchemesAsPrivileged([
  { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
])
app.on('child-process-gone', (_event, { type, reason, name }) => seen.push({ gone: { type, reason, name } }))
app.on('window-all-closed', () => app.quit())

if (app.requestSingleInstanceLock({ from: 'sample' })) {
  app.on('second-instance', (_event, argv, _cwd, data) => seen.push({ second: argv.at(-1), data }))
  void app.whenReady().then(start)
} else {
  app.exit(4)
}

async function start() {
  protocol.handle('app', async ({ url }) => {
    const file = await net.fetch(pathToFileURL(join(here, new URL(url).pathname)).href)
    const headers = new Headers(file.headers)
    headers.set('content-security-policy', "default-src 'none'; script-src 'self'; connect-src 'self'; frame-src 'self'")
    return new Response(file.body, { headers })
  })
  decidePermissions()
  answerPages()
  const win = new BrowserWindow({ width: 900, height: 640, webPreferences: { preload: join(here, 'preload.cjs') } })
  win.webContents.on('will-navigate', (event) => {
    seen.push({ navigate: event.url })
    event.preventDefault()
  })
  win.webContents.setWindowOpenHandler(({ url }) => {
    void shell.openExternal(url)
    return { action: 'deny' }
  })
  await win.loadURL('app://sample/index.html')
}

function decidePermissions() {
  const { defaultSession } = session
  defaultSession.setPermissionRequestHandler((contents, permission, decide, details) => {
    seen.push({ permission, from: contents.getURL(), mediaTypes: details.mediaTypes })
    decide(permission === 'media' ? allow.media : permission === 'display-capture')
  })
  defaultSession.setPermissionCheckHandler((_contents, permission) => permission === 'media')
  defaultSession.setDisplayMediaRequestHandler((request, decide) => void chooseSource(request, decide))
}

async function chooseSource({ videoRequested }, decide) {
  const sources = await desktopCapturer.getSources({ types: ['screen', 'window'], thumbnailSize: { width: 320, height: 200 } })
  const pictures = sources.map(({ name, thumbnail }) => ({ name, ...thumbnail.getSize(), url: thumbnail.toDataURL() }))
  seen.push({ videoRequested, pictures })
  decide(allow.share ? { video: sources[0] } : {})
}

function answerPages() {
  const store = new Store({ defaults: { starts: 0 } })
  store.set('starts', store.get('starts') + 1)
  ipcMain.handle('starts', () => ({ starts: store.get('starts'), file: store.path }))
  ipcMain.handle('types', (_event, ...values) => values.map((value) => Object.prototype.toString.call(value).slice(8, -1)))
  ipcMain.handle('echo', (_event, ...values) => values)
  ipcMain.handle('fail', () => {
    throw new RangeError('no luck')
  })
  ipcMain.handle('secret', async (event) => {
    if (event.senderFrame?.origin !== 'app://sample') throw new Error(`not for ${event.senderFrame?.origin}`)
    return (await safeStorage.encryptStringAsync('secret')).toString()
  })
  ipcMain.on('note', (event, text) => event.reply('noted', `${text}!`))

  let child = null
  ipcMain.handle('utility', (_event, message) => {
    child ??= utilityProcess.fork(join(here, 'echo.mjs'), [], { serviceName: 'echo' })
    return new Promise((resolve) => {
      child.once('message', resolve)
      child.once('exit', (code) => {
        child = null
        resolve({ code })
      })
      child.postMessage(message)
    })
  })
}
