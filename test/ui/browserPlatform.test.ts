import { beforeEach, describe, expect, test } from 'vitest'
import { browserPlatform } from '../../src/renderer/src/platform/browser.ts'

const linkKey = 'AbCdEfGhIjKlMn_-'
const fingerprint = '5e'.repeat(32)
const room = { joinCode: 'ABC123', linkKey }

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

  test('on the port without encryption it has no secret, and makes none', () => {
    document.documentElement.dataset['plain'] = ''
    const { device, isPlain } = browserPlatform()
    delete document.documentElement.dataset['plain']
    expect({ device, isPlain }).toEqual({ device: undefined, isPlain: true })
    expect(localStorage.getItem('lanyard.device')).toBeNull()
    expect(browserPlatform()).toMatchObject({ isPlain: false })
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
    expect(browserPlatform().invitation).toEqual({ room: 'ABC123', name: 'Grace', fingerprint: null, fault: null })
    history.replaceState(null, '', `/j/abc-123?username=Grace#fp=${fingerprint}&k=${linkKey}`)
    expect(browserPlatform().invitation).toEqual({ room: `ABC123.${linkKey}`, name: 'Grace', fingerprint, fault: null })
    history.replaceState(null, '', '/')
    expect(browserPlatform().invitation).toEqual({ room: null, name: null, fingerprint: null, fault: null })
  })

  test('says what is wrong with a damaged link', () => {
    history.replaceState(null, '', '/j/ABC123#k=short')
    expect(browserPlatform().invitation).toMatchObject({ room: null, fault: 'badKey' })
  })

  test('shows the room, without the name, and nothing on the first screen', () => {
    const platform = browserPlatform()
    platform.showRoom(room)
    expect(location.href).toBe(`${location.origin}/j/ABC123#k=${linkKey}`)
    expect(browserPlatform().invitation.room).toBe(`ABC123.${linkKey}`)
    platform.showRoom(null)
    expect(location.href).toBe(`${location.origin}/`)
  })

  test('keeps what one was invited with, and hands it on to the app', () => {
    history.replaceState(null, '', `/j/ABC123#fp=${fingerprint}&at=10.0.0.4:4433&k=${linkKey}`)
    const platform = browserPlatform()
    platform.showRoom(room)
    expect(location.hash).toBe(`#fp=${fingerprint}&at=10.0.0.4:4433&k=${linkKey}`)
    expect(platform.appLink(room, null)).toBe(
      `lanyard://join/ABC123?fp=${fingerprint}&at=${location.hostname}:${location.port || 80},10.0.0.4:4433&k=${linkKey}`,
    )
    // For another room, what its server says.
    const other = { joinCode: 'DEF456', linkKey }
    platform.showRoom(other)
    expect(location.hash).toBe(`#k=${linkKey}`)
    expect(platform.appLink(other, { web: '', app: 'lanyard://join/DEF456', isLocal: false })).toBe('lanyard://join/DEF456')
  })
})
