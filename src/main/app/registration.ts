import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { app } from 'electron'
import { SCHEME } from './links.ts'

/** The window stays closed then; the tray shows that the app is there. */
const HIDDEN = '--hidden'

/** Whether the system has started the app with the session of its user. macOS says so by itself, and takes no arguments. */
export function isStartedHidden(): boolean {
  return process.platform === 'darwin' ? app.getLoginItemSettings().wasOpenedAtLogin : process.argv.includes(HIDDEN)
}

/** Starts the app with the session of its user, or not. `appImage` is the file of the AppImage that runs, null for none. */
export async function launchAtLogin(wanted: boolean, appImage: string | null): Promise<void> {
  if (process.platform !== 'linux') return app.setLoginItemSettings({ openAtLogin: wanted, args: [HIDDEN] })
  // Electron leaves Linux out; desktops start what lies in this folder (the Desktop Application Autostart Specification).
  const folder = join(app.getPath('appData'), 'autostart')
  const file = join(folder, 'lanyard.desktop')
  if (!wanted) return rm(file, { force: true })
  await mkdir(folder, { recursive: true })
  // An AppImage runs from a folder that changes each time; it says where it is itself.
  const program = appImage ?? process.execPath
  const entry = process.defaultApp && process.argv[1] !== undefined ? ` ${quote(process.argv[1])}` : ''
  await writeFile(file, `[Desktop Entry]\nType=Application\nName=Lanyard\nExec=${quote(program)}${entry} ${HIDDEN}\n`)
}

/** As the Desktop Entry Specification quotes the arguments of Exec. */
const quote = (text: string) => `"${text.replace(/["`$\\]/g, '\\$&').replaceAll('%', '%%')}"`

/** Makes this copy the one that opens `lanyard://` links. */
export function registerLinks(): void {
  // In a checkout the program is Electron itself, which needs to be told what to run.
  const [, entry] = process.argv
  if (process.defaultApp && entry !== undefined) app.setAsDefaultProtocolClient(SCHEME, process.execPath, [entry])
  else app.setAsDefaultProtocolClient(SCHEME)
}
