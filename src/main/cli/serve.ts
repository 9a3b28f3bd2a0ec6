import type { Command } from 'commander'
import { pino } from 'pino'
import { formatFingerprint } from '../../shared/fingerprint.ts'
import { StartError, startRoomServer, type RoomServer } from '../server/index.ts'
import { version } from '../server/version.ts'
import { logTo } from './logText.ts'
import type { CommonOptions } from './options.ts'
import { fail } from './output.ts'
import { addSettings, settingsOf, type Settings } from './settings.ts'

/** Repeats of a signal within this time count as one: a terminal's Ctrl-C arrives twice, by npm and by the terminal. */
const SAME_SIGNAL_MS = 1_000

/** `lanyard serve`, which is what `lanyard` alone does. `webDir` is where the built interface lies. */
export function addServeCommand(program: Command, common: CommonOptions, webDir: string): void {
  const command = program.command('serve', { isDefault: true }).description('run the room server until a signal ends it')
  addSettings(command, common).action(() => serve(settingsOf(command).settings, webDir))
}

async function serve({ logLevel, logFormat, web, ...config }: Settings, webDir: string): Promise<void> {
  // Logs go to stderr: stdout carries the ready line and nothing else.
  const log = pino({ level: logLevel, base: null }, logTo(logFormat))
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'an unhandled rejection: this is a defect'))

  let server: RoomServer | null = null
  let signalledAt: number | null = null
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (signalledAt !== null && Date.now() - signalledAt < SAME_SIGNAL_MS) return
      if (signalledAt !== null) process.exit(130)
      signalledAt = Date.now()
      log.info({ signal }, 'stopping')
      void (server?.close() ?? Promise.resolve()).then(() => process.exit(0))
    })
  }

  try {
    server = await startRoomServer({ ...config, webDir: web ? webDir : null }, { log })
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    fail(error.message, error.hint)
  }
  const { url, urls, plainUrls, fingerprint, words, dataDir, protocol } = server
  const shown = fingerprint && formatFingerprint(fingerprint)
  if (shown && words) log.info({ fingerprint: shown }, `people recognise this server by the words: ${words.join(' ')}`)
  if (plainUrls.length > 0) log.warn({ plainUrls }, 'guests may come without encryption: others on the network can read along')
  const ready = {
    ready: true,
    url,
    urls,
    ...(plainUrls.length > 0 && { plainUrls }),
    ...(words && { words }),
    fingerprint: shown,
  }
  process.stdout.write(`${JSON.stringify({ ...ready, version, protocol, dataDir, pid: process.pid })}\n`)
}
