/** Navigation as the page asks for it, which Electron announces and the app may refuse. */
import { prevented, record } from './core.mjs'
import { toWire } from './schemes.mjs'

export const withoutHash = (url) => (URL.parse(url)?.href ?? url).replace(/#.*/s, '')

/** Chromium announces what the page itself asks for, some milliseconds before the request. */
export function navigationRequested(contents, url) {
  contents._requested = withoutHash(url)
  contents.emit('-requested')
  if (/^(https?|file|data|blob|about|javascript):/.test(url) || willNavigate(contents, url)) return
  // Chromium does nothing with a scheme that it does not know. Ours we follow, others Electron hands to the system.
  if (toWire(url) !== url) return follow(contents, url)
  void contents.session
    ._permission(contents, contents.mainFrame, 'openExternal', { externalURL: url })
    .then((verdict) => verdict === 'granted' && record('shell.openExternal', url))
}

/** Twice, because the page's own request may still arrive and abort the first. */
function follow(contents, url) {
  void contents
    .loadURL(url)
    .catch(() => contents.loadURL(url))
    .catch(() => {})
}

/** Whether the app refuses it. */
export function willNavigate(contents, url) {
  const details = { url, isMainFrame: true, isSameDocument: false, frame: contents.mainFrame, initiator: contents.mainFrame }
  return prevented(contents, 'will-navigate', details, url)
}

/** Whether the page asked for this (will-navigate), or else loadURL, or a test over its own CDP session. */
export async function pageAsked(contents, url) {
  if (contents._own === url) return false
  if (contents._requested !== url) {
    await Promise.race([
      new Promise((resolve) => contents.once('-requested', resolve)),
      new Promise((resolve) => setTimeout(resolve, 50)),
    ])
  }
  const asked = contents._requested === url
  contents._requested = undefined
  return asked
}
