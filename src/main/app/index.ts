/** The desktop app's start: who it is, and that there is one of it. All else is loaded while Chromium gets ready. */
import { networkInterfaces } from 'node:os'
import { resolve } from 'node:path'
import { app, dialog } from 'electron'
import { deviceSwitches, readAutomation, type Automation } from './automation/switches.ts'
import { registerScheme } from './scheme.ts'

const { env } = process
const environment = {
  appImage: env['APPIMAGE'] ?? null,
  isWayland: process.platform === 'linux' && env['XDG_SESSION_TYPE'] === 'wayland',
  /** The address that stands for every network that this computer is in. */
  everywhere: hasIpv6() ? '::' : '0.0.0.0',
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
// A meeting is on this network or its server is named, so the system's proxy is asked for no window either.
app.commandLine.appendSwitch('no-proxy-server')
const automation = automationAsked()
if (automation) for (const [name, value] of deviceSwitches(automation)) app.commandLine.appendSwitch(name, value)
// macOS opens a link with this, before anything is ready if need be.
app.on('open-url', (event, url) => {
  event.preventDefault()
  given.push(url)
})
// Of a second start: that one ends, and this one does what it was started for.
app.on('second-instance', (_, argv) => given.push(...argv))

if (app.requestSingleInstanceLock()) {
  Promise.all([import('./run.ts'), app.whenReady()])
    .then(([{ run }]) => run({ ...environment, automation }, given))
    .catch((error: unknown) => {
      dialog.showErrorBox('Lanyard cannot start', error instanceof Error ? error.message : String(error))
      app.exit(1)
    })
} else app.quit()

/** Whoever started it for a program waits for no click on a message. */
function automationAsked(): Automation | null {
  try {
    return readAutomation(process.argv)
  } catch (error) {
    process.stderr.write(`lanyard: ${error instanceof Error ? error.message : String(error)}\n`)
    return process.exit(2)
  }
}

/** Whether this computer knows IPv6 at all: an address that stands for those of both kinds can be had only then. */
function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ family }) => family === 'IPv6'))
}
