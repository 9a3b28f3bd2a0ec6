import { app, dialog, powerMonitor, type BrowserWindow, type Event } from 'electron'
import type { Hosting } from './hosting.ts'
import { count } from './tray.ts'

/** How long the server may take to stop when the app is left, in ms. */
const LEAVE_MS = 12_000

/** Asks whether the meetings of others on this computer may end. Resolves with true at once where nobody else is in one. */
export async function mayEnd(act: 'Quit' | 'Stop hosting', others: number, parent: BrowserWindow | null): Promise<boolean> {
  if (others <= 0) return true
  return asks(parent, {
    message: `${count(others)} ${others === 1 ? 'is' : 'are'} in a meeting on this computer`,
    detail: `If you ${act === 'Quit' ? 'quit Lanyard' : 'stop hosting'}, the meeting ends for them.`,
    act,
  })
}

/** Asks whether the window, which is in a meeting, may be closed. */
export function mayLeave(room: string, parent: BrowserWindow | null): Promise<boolean> {
  return asks(parent, { message: `Leave ${room}?`, detail: 'The window is in this meeting. The others stay.', act: 'Leave' })
}

async function asks(
  parent: BrowserWindow | null,
  { message, detail, act }: { message: string; detail: string; act: string },
): Promise<boolean> {
  const question = { type: 'warning' as const, message, detail, buttons: [act, 'Stay'], defaultId: 1, cancelId: 1 }
  const { response } = await (parent ? dialog.showMessageBox(parent, question) : dialog.showMessageBox(question))
  return response === 0
}

/**
 * Quitting ends the meetings on this computer: `mayQuit` asks where others are in them, and the server has time to say goodbye and
 * to store what waits. Nobody is asked, and nothing held up, where the system itself shuts down or a signal ends the app. Returns
 * what says whether it is on its way out.
 */
export function leaveInOrder(hosting: Hosting, mayQuit: () => Promise<boolean>): () => boolean {
  let isLeaving = false
  let isAsking = false
  let isQuitting = false

  const stop = () => Promise.race([hosting.stop(), new Promise((resolve) => setTimeout(resolve, LEAVE_MS))])

  async function leave(): Promise<void> {
    isQuitting = true
    await stop()
    isLeaving = true
    app.quit()
  }

  app.on('before-quit', (event) => {
    if (isLeaving || hosting.state.status === 'off' || hosting.state.status === 'failed') {
      isQuitting = true
      return
    }
    event.preventDefault()
    if (isAsking) return
    isAsking = true
    void mayQuit()
      .then((may) => (may ? leave() : undefined))
      .finally(() => (isAsking = false))
  })
  // The question may be open; nobody is there to answer it.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void leave())
  // Linux waits some seconds for whoever prevents this. On macOS a quit that is prevented would cancel the logout.
  powerMonitor.on('shutdown', (event?: Event) => {
    event?.preventDefault()
    isLeaving = process.platform === 'darwin'
    void leave()
  })
  // Windows gives each of its windows a few seconds, and does not say whether they are enough.
  app.on('browser-window-created', (_, window) => window.on('session-end', () => void stop()))
  return () => isQuitting
}
