/** Pages as Chromium reports them. */
import { standin, state } from './core.mjs'
import { openedByPage } from './preloadMessages.mjs'
import { requestPaused } from './requests.mjs'

/** A page of ours may be reported before or after createTarget answers. */
const arrived = new Map()
const expected = new Map()
export function attachedPage(targetId) {
  const page = arrived.get(targetId)
  arrived.delete(targetId)
  return page ?? new Promise((resolve) => expected.set(targetId, resolve))
}

export async function watchChromium() {
  const { chromium } = state
  chromium.windowOf = new Map()
  chromium.handlers.set('', (method, p) => {
    if (method === 'Fetch.requestPaused') void requestPaused(state.contents.get(p.frameId), p)
    else if (method === 'Target.attachedToTarget') {
      const page = { sessionId: p.sessionId, targetId: p.targetInfo.targetId }
      const opener = state.contents.get(p.targetInfo.openerId)
      if (expected.has(page.targetId)) {
        expected.get(page.targetId)(page)
        expected.delete(page.targetId)
      } else if (!opener) arrived.set(page.targetId, page)
      else if (!openedByPage(opener, p.targetInfo.url, '', '', page))
        void chromium.send('Target.closeTarget', { targetId: page.targetId }).catch(() => {})
    } else if (method === 'Target.detachedFromTarget') {
      chromium.windowOf.get(p.sessionId)?._gone()
      chromium.windowOf.delete(p.sessionId)
      chromium.handlers.delete(p.sessionId)
    }
  })
  await chromium.send('Target.setAutoAttach', {
    autoAttach: true,
    waitForDebuggerOnStart: true,
    flatten: true,
    filter: [{ type: 'page' }],
  })
}

standin.chromium = (method, params) => state.chromium.send(method, params)
