import { globalShortcut } from 'electron'

/** Switches the microphone from any window. */
const KEY = 'CommandOrControl+Shift+M'

/** Takes the key for as long as it is needed, and leaves it to other programs else. */
export function listenForKey(needed: boolean, pressed: () => void): void {
  if (needed === globalShortcut.isRegistered(KEY)) return
  if (needed) globalShortcut.register(KEY, pressed)
  else globalShortcut.unregister(KEY)
}
