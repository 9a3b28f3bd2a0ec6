import { part, standin } from '../core.mjs'

export const globalShortcut = part('globalShortcut', {
  // standin.shortcuts.get('…')() presses it
  register: (keys, callback) => {
    if (standin.shortcuts.has(keys)) return false
    standin.shortcuts.set(keys, callback)
    return true
  },
  registerAll: (all, callback) => {
    for (const keys of all) standin.shortcuts.set(keys, callback)
  },
  unregister: (keys) => void standin.shortcuts.delete(keys),
  unregisterAll: () => standin.shortcuts.clear(),
  isRegistered: (keys) => standin.shortcuts.has(keys),
})
