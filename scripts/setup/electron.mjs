import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { capture, node, root, say, seconds } from './run.mjs'

/** How long the download may take, in ms. */
const PATIENCE_MS = 120_000
/** A download that has failed is not tried again before, in ms: whoever is offline starts often. */
const AGAIN_AFTER_MS = 24 * 3_600_000

const electron = join(root, 'node_modules', 'electron')
/** electron's own installation writes this file last: the program's place below `dist`. */
const pathFile = join(electron, 'path.txt')
const failed = join(root, 'node_modules', '.cache', 'lanyard', 'electron-failed')

/**
 * The program of Electron, which npm does not bring: downloaded where that works, in a limited time. Null where it cannot be had; then one
 * line has said why.
 */
export async function bringElectron() {
  if (!existsSync(pathFile) && !(await download())) return null
  return join(electron, 'dist', readFileSync(pathFile, 'utf8').trim())
}

async function download() {
  if (existsSync(failed) && Date.now() - statSync(failed).mtimeMs < AGAIN_AFTER_MS) {
    say('No Electron for the desktop window: its download failed of late; `npx install-electron` tries again.')
    return false
  }
  const began = Date.now()
  say('Downloading Electron for the desktop window (about 110 MB, once)')
  const { succeeded } = await capture(node, [join(electron, 'install.js')], { timeout: PATIENCE_MS })
  if (succeeded && existsSync(pathFile)) {
    rmSync(failed, { force: true })
    say(`  Electron ready in ${seconds(began)}`)
    return true
  }
  mkdirSync(dirname(failed), { recursive: true })
  writeFileSync(failed, '')
  say('  Electron cannot be downloaded here (ELECTRON_MIRROR names another source).')
  return false
}
