/** The least that an app in Electron can be: one window with one line of text. */
import { join } from 'node:path'
import { app, BrowserWindow } from 'electron'

void app.whenReady().then(() => new BrowserWindow({ width: 1180, height: 780 }).loadFile(join(import.meta.dirname, 'index.html')))
app.on('window-all-closed', () => app.quit())
