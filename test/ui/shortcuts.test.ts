import { describe, expect, test } from 'vitest'
import { readShortcut, shortcuts } from '../../src/renderer/src/components/shortcuts.ts'

const plain = {
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  repeat: false,
  isComposing: false,
  defaultPrevented: false,
  target: document.body as unknown,
}
const press = (key: string, part: Partial<typeof plain> = {}) => readShortcut({ ...plain, key, ...part })

function inside(html: string): Element {
  const box = document.createElement('div')
  box.innerHTML = html
  return box.querySelector('*')!
}

describe('keys in a call', () => {
  test.each(shortcuts.map(({ key, action }) => [key, action]))('%s does %s', (key, action) => {
    expect(press(key)).toBe(action)
  })

  test('capital letters count as well', () => {
    expect(press('M')).toBe('microphone')
  })

  test.each(['<textarea></textarea>', '<input>', '<select></select>', '<div contenteditable="true"></div>'])(
    'letters are dead in %s',
    (html) => {
      expect(press('m', { target: inside(html) })).toBeNull()
    },
  )

  test('on a button they work', () => {
    expect(press('m', { target: inside('<button>Leave</button>') })).toBe('microphone')
  })

  test('Ctrl+D and Ctrl+E work while someone types, other combinations are left to the browser', () => {
    const target = inside('<textarea></textarea>')
    expect(press('d', { ctrlKey: true, target })).toBe('microphone')
    expect(press('e', { ctrlKey: true, target })).toBe('camera')
    expect(press('c', { ctrlKey: true })).toBeNull()
    expect(press('p', { ctrlKey: true })).toBeNull()
    expect(press('m', { altKey: true })).toBeNull()
  })

  test('Esc closes even then, unless it ends the writing of a word', () => {
    const target = inside('<textarea></textarea>')
    expect(press('Escape', { target })).toBe('close')
    expect(press('Escape', { target, isComposing: true })).toBeNull()
  })

  test('a key that is held, or that something else has taken, does nothing', () => {
    expect(press('m', { repeat: true })).toBeNull()
    expect(press('Escape', { defaultPrevented: true })).toBeNull()
  })
})
