/** What a program that drives the app decides for it, with switches that count together with `--automation` only (docs/automation.md). */
export interface Automation {
  /** Files that Chromium plays in place of the devices: Y4M or MJPEG, WAV. Null: its own moving picture, and its beeps. */
  camera: string | null
  microphone: string | null
  /** Of the carried server; null leaves them as they are set, and by default. */
  host: string | null
  port: number | null
  rtcPorts: { min: number; max: number } | null
  serverName: string | null
  /** More origins than the window's own that it lets in. */
  allowedOrigins: string[]
  /** How far this copy's clock is ahead of the machine's, in ms. */
  clockAheadMs: number
}

const FLAG = '--automation'
const FOLDER = '--user-data-dir'
const names = ['camera', 'microphone', 'host', 'port', 'rtc-ports', 'server-name', 'allow-origin', 'clock'] as const
type Name = (typeof names)[number]

/**
 * Null without `--automation`, whatever else there is. Throws a sentence for a switch that is unknown or wrong, and where there is no folder
 * of its own: a program must not come upon anybody's rooms.
 */
export function readAutomation(argv: readonly string[]): Automation | null {
  if (!argv.includes(FLAG)) return null
  const given = new Map<Name, string>()
  for (const [, name, value] of argv.flatMap((argument) => [/^--automation-([^=]*)=?(.*)$/s.exec(argument) ?? []])) {
    if (name === undefined) continue
    if (!isName(name)) throw wrong(name, `is none; there are ${names.join(', ')}`)
    if (!value) throw wrong(name, 'needs a value')
    given.set(name, value)
  }
  if (!argv.some((argument) => argument.startsWith(`${FOLDER}=`)))
    throw new Error(`${FLAG} needs a folder of its own: ${FOLDER}=…`)
  return {
    camera: given.get('camera') ?? null,
    microphone: given.get('microphone') ?? null,
    host: given.get('host') ?? null,
    port: portOf(given.get('port')),
    rtcPorts: rangeOf(given.get('rtc-ports')),
    serverName: given.get('server-name') ?? null,
    allowedOrigins: given.get('allow-origin')?.split(',') ?? [],
    clockAheadMs: aheadOf(given.get('clock')),
  }
}

/** Chromium's own switches, by which it takes files for devices and asks nobody. */
export function deviceSwitches({ camera, microphone }: Automation): [name: string, value?: string][] {
  return [
    ['use-fake-device-for-media-stream'],
    ['use-fake-ui-for-media-stream'],
    ...(camera === null ? [] : [['use-file-for-fake-video-capture', camera] as [string, string]]),
    ...(microphone === null ? [] : [['use-file-for-fake-audio-capture', microphone] as [string, string]]),
  ]
}

function isName(name: string): name is Name {
  return (names as readonly string[]).includes(name)
}

function portOf(text: string | undefined): number | null {
  if (text === undefined) return null
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw wrong('port', 'is a number up to 65535; 0 takes any free one')
  return port
}

function rangeOf(text: string | undefined): Automation['rtcPorts'] {
  if (text === undefined) return null
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? []
  const [min, max] = [Number(first), Number(last)]
  if (!(min >= 1 && min <= max && max <= 65_535)) throw wrong('rtc-ports', 'is a range, as 44400-44409')
  return { min, max }
}

function aheadOf(text: string | undefined): number {
  if (text === undefined) return 0
  const at = Date.parse(text)
  if (Number.isNaN(at)) throw wrong('clock', 'is a time, as 2026-03-29T09:00:00Z')
  return at - Date.now()
}

const wrong = (name: string, why: string) => new Error(`${FLAG}-${name} ${why}`)
