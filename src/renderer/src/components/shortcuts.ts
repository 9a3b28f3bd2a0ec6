/** What keys do in a call, as the list of shortcuts shows them. */
export const shortcuts = [
  { key: 'm', action: 'microphone', label: 'Microphone on or off' },
  { key: 'v', action: 'camera', label: 'Camera on or off' },
  { key: 's', action: 'screen', label: 'Share the screen, or stop' },
  { key: 'c', action: 'chat', label: 'Open or close the chat' },
  { key: 'p', action: 'people', label: 'Open or close the list of people' },
  { key: '?', action: 'shortcuts', label: 'Show this list' },
  { key: 'Escape', action: 'close', label: 'Close what is open' },
] as const

export type ShortcutAction = (typeof shortcuts)[number]['action']

/** Ctrl+D and Ctrl+E, as other programs have it. */
const withControl: Record<string, ShortcutAction> = { d: 'microphone', e: 'camera' }
const alone: Record<string, ShortcutAction> = Object.fromEntries(shortcuts.map(({ key, action }) => [key.toLowerCase(), action]))

type KeyPress = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'repeat' | 'isComposing' | 'defaultPrevented'> & {
  target: unknown
}

/** What a key asks for, or null. Letters and signs are dead while someone types; held keys count once. */
export function readShortcut(event: KeyPress): ShortcutAction | null {
  if (event.repeat || event.altKey || event.isComposing || event.defaultPrevented) return null
  const key = event.key.toLowerCase()
  if (event.ctrlKey || event.metaKey) return withControl[key] ?? null
  return isTyping(event.target) && key !== 'escape' ? null : (alone[key] ?? null)
}

const TYPED_INTO =
  'textarea, select, [contenteditable=""], [contenteditable="true"], input:not([type=checkbox], [type=radio], [type=range], [type=button])'

function isTyping(target: unknown): boolean {
  return target instanceof Element && target.closest(TYPED_INTO) !== null
}
