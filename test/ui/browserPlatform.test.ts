import { beforeEach, describe, expect, test } from 'vitest'
import { browserPlatform } from '../../src/renderer/src/platform/browser.ts'

beforeEach(() => {
  localStorage.clear()
  history.replaceState(null, '', '/')
})

describe('what a browser remembers', () => {
  test('its secret for the server has 256 bits and stays', () => {
    const { device } = browserPlatform()
    expect(device).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(browserPlatform().device).toBe(device)
  })

  test('a spoilt secret is replaced', () => {
    localStorage.setItem('lanyard.device', '"short"')
    expect(browserPlatform().device).toMatch(/^[A-Za-z0-9_-]{43}$/)
  })

  test('what cannot be read falls back alone', () => {
    localStorage.setItem('lanyard.kept', JSON.stringify({ name: 'Ada', theme: 'plaid', recentRooms: 'none', camera: false }))
    expect(browserPlatform().readKept()).toMatchObject({
      name: 'Ada',
      theme: 'system',
      recentRooms: [],
      camera: false,
      microphone: true,
    })
    localStorage.setItem('lanyard.kept', '{')
    expect(browserPlatform().readKept()).toMatchObject({ name: '', theme: 'system' })
  })

  test('the keys of rooms that one is host of', () => {
    browserPlatform().keepHostKey('room-1', 'key-1')
    browserPlatform().keepHostKey('room-2', 'key-2')
    expect(browserPlatform().hostKey('room-1')).toBe('key-1')
    expect(browserPlatform().hostKey('room-3')).toBeNull()
  })
})

describe('the address', () => {
  test('says what the page was opened for', () => {
    history.replaceState(null, '', '/?room=ABC123&username=Grace')
    expect(browserPlatform().invitation).toEqual({ room: 'ABC123', name: 'Grace' })
  })

  test('shows the room, without the name, and nothing on the first screen', () => {
    const platform = browserPlatform()
    platform.showRoom('ABC123')
    expect(location.search).toBe('?room=ABC123')
    platform.showRoom(null)
    expect(location.search).toBe('')
  })

  test('a link into a room leads to this server', () => {
    expect(browserPlatform().roomLink('ABC123')).toBe(`${location.origin}/?room=ABC123`)
  })
})
