/** The desktop app's start: who it is, and that there is one of it. All else is loaded while Chromium gets ready. */
import { networkInterfaces } from 'node:os'
import { resolve } from 'node:path'
import { app, dialog } from 'electron'
import { registerScheme } from './scheme.ts'

const { env } = process
const environment = {
  appImage: env['APPIMAGE'] ?? null,
  isWayland: process.platform === 'linux' && env['XDG_SESSION_TYPE'] === 'wayland',
  // Every network that this computer is in; tests keep it to themselves.
  host: env['LANYARD_HOST'] ?? (hasIpv6() ? '::' : '0.0.0.0'),
  allowedOrigins: env['LANYARD_ALLOW_ORIGIN']?.split(',') ?? [],
}
/** What it was started with, and the links that the system has opened with it since. */
const given = [...process.argv]

app.setName('Lanyard')
// As the installed shortcut says, or Windows shows no notifications.
if (process.platform === 'win32') app.setAppUserModelId('app.lanyard.Lanyard')
// Several copies on one computer, each with a folder of its own: for tests, and for whoever wants two.
const folder = app.commandLine.getSwitchValue('user-data-dir')
if (folder !== '') app.setPath('userData', resolve(folder))
registerScheme()
if (app.commandLine.hasSwitch('automation')) {
  app.commandLine.appendSwitch('use-fake-device-for-media-stream')
  app.commandLine.appendSwitch('use-fake-ui-for-media-stream')
}
// macOS opens a link with this, before anything is ready if need be.
app.on('open-url', (event, url) => {
  event.preventDefault()
  given.push(url)
})
// Of a second start: that one ends, and this one does what it was started for.
app.on('second-instance', (_, argv) => given.push(...argv))

if (app.requestSingleInstanceLock()) {
  Promise.all([import('./run.ts'), app.whenReady()])
    .then(([{ run }]) => run(environment, given))
    .catch((error: unknown) => {
      dialog.showErrorBox('Lanyard cannot start', error instanceof Error ? error.message : String(error))
      app.exit(1)
    })
} else app.quit()

/** Whether this computer knows IPv6 at all: an address that stands for those of both kinds can be had only then. */
function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ family }) => family === 'IPv6'))
}
