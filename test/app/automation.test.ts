import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { deviceSwitches, readAutomation } from '../../src/main/app/automation/switches.ts'
import { shiftClock } from '../../src/shared/shiftClock.ts'

const all = {
  camera: '/tmp/camera.y4m',
  microphone: '/tmp/microphone.wav',
  host: '127.0.0.1',
  port: '0',
  'rtc-ports': '44400-44409',
  'server-name': 'Studio',
  'allow-origin': 'http://one.example,http://two.example',
  clock: '2031-03-29T09:00:00Z',
}
const switches = Object.entries(all).map(([name, value]) => `--automation-${name}=${value}`)
const start = ['lanyard', '--user-data-dir=/tmp/data']

afterEach(() => void vi.useRealTimers())

describe('without --automation', () => {
  for (const one of [...switches, '--automation-', '--automation=', '--automation=1', '--automation-nothing=1'])
    test(`${one} does nothing`, () => expect(readAutomation([...start, one])).toBeNull())

  test('all of them together do nothing', () => expect(readAutomation([...start, ...switches])).toBeNull())
})

test('with it each switch decides one thing, and what is not given stays as it is', () => {
  vi.useFakeTimers({ now: new Date('2031-03-29T08:00:00Z') })
  expect(readAutomation([...start, '--automation', ...switches])).toEqual({
    camera: '/tmp/camera.y4m',
    microphone: '/tmp/microphone.wav',
    host: '127.0.0.1',
    port: 0,
    rtcPorts: { min: 44_400, max: 44_409 },
    serverName: 'Studio',
    allowedOrigins: ['http://one.example', 'http://two.example'],
    clockAheadMs: 3_600_000,
  })
  expect(readAutomation([...start, '--automation'])).toEqual({
    ...{ camera: null, microphone: null, host: null, port: null, rtcPorts: null, serverName: null },
    ...{ allowedOrigins: [], clockAheadMs: 0 },
  })
})

test.each([
  ['--automation-prot=1', '--automation-prot is none; there are camera, microphone, host'],
  ['--automation-host', '--automation-host needs a value'],
  ['--automation-port=65536', '--automation-port is a number up to 65535'],
  ['--automation-port=http', '--automation-port is a number'],
  ['--automation-rtc-ports=44409-44400', '--automation-rtc-ports is a range'],
  ['--automation-rtc-ports=0', '--automation-rtc-ports is a range'],
  ['--automation-clock=tomorrow', '--automation-clock is a time'],
])('%s is refused in words', (one, message) => {
  expect(() => readAutomation([...start, '--automation', one])).toThrow(message)
})

test('a program needs a folder of its own, so that it comes upon nobody’s rooms', () => {
  expect(() => readAutomation(['lanyard', '--automation'])).toThrow('--automation needs a folder of its own')
})

test('files stand for the devices, or what Chromium has by itself', () => {
  const automation = readAutomation([...start, '--automation', ...switches])!
  expect(deviceSwitches(automation)).toContainEqual(['use-file-for-fake-video-capture', '/tmp/camera.y4m'])
  expect(deviceSwitches({ ...automation, camera: null, microphone: null })).toEqual([
    ['use-fake-device-for-media-stream'],
    ['use-fake-ui-for-media-stream'],
  ])
})

test('a clock that is ahead goes on as fast as before, and given times stay as they are', () => {
  const real = Date
  onTestFinished(() => void (globalThis.Date = real))
  vi.useFakeTimers({ now: new Date('2026-01-01T00:00:00Z') })
  shiftClock(3_600_000)
  expect(new Date().toISOString()).toBe('2026-01-01T01:00:00.000Z')
  vi.advanceTimersByTime(1_000)
  expect(Date.now()).toBe(real.parse('2026-01-01T01:00:01Z'))
  expect(new Date('2026-05-05T05:05:05Z').toISOString()).toBe('2026-05-05T05:05:05.000Z')
  expect(new Date(2026, 4).getMonth()).toBe(4)
  expect(new Date()).toBeInstanceOf(Date)
  expect(new Date()).toBeInstanceOf(real)
  expect(Date.UTC(2026)).toBe(real.UTC(2026))
  // As a function it answers with a text.
  expect(new real((Date as unknown as () => string)()).getUTCHours()).toBe(1)
})

test('the kit has the probe’s types as the program has them', () => {
  const read = (file: string) => readFileSync(join(import.meta.dirname, '../..', file), 'utf8')
  expect(read('examples/playwright/kit/probe.ts')).toBe(read('src/shared/probe.ts'))
})
