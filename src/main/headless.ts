import { homedir } from 'node:os'
import { join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { pino } from 'pino'
import type { z } from 'zod'
import { ServerConfig, StartError, startRoomServer, TenantId, withKeys, type Keys, type RoomServer } from './server/index.ts'
import { version } from './server/version.ts'

/** Repeats of a signal within this time count as one: a terminal's Ctrl-C arrives twice, by npm and by the terminal. */
const SAME_SIGNAL_MS = 1_000

interface ServeOptions {
  host: string
  port: number
  dataDir: string
  name?: string
  announceIp?: string[]
  rtcPortRange?: { min: number; max: number }
  allowHost?: string[]
  allowOrigin?: string[]
  whoCreates: ServerConfig['whoCreates']
  web: boolean
  logLevel: string
}

const settings = ServerConfig.shape

const program = new Command('lanyard')
  .description('Meetings that stay on your network')
  .version(version)
  .exitOverride((end) => process.exit(end.exitCode === 0 ? 0 : 2))

const option = (flags: string, about: string, env: string) => new Option(flags, about).env(env)

program
  .command('serve', { isDefault: true })
  .description('run the room server until a signal ends it')
  .addOption(
    option('--host <address>', 'address to listen on', 'LANYARD_HOST').argParser(text(settings.host)).default('127.0.0.1'),
  )
  .addOption(
    option('--port <number>', 'port of HTTP and signaling; 0 takes a free one', 'LANYARD_PORT')
      .argParser(wholeNumber(0, 65_535))
      .default(4433),
  )
  .addOption(dataDirOption())
  .addOption(option('--name <text>', 'the name that people see', 'LANYARD_NAME').argParser(text(settings.name)))
  .addOption(
    option('--announce-ip <addresses...>', 'addresses at which media reaches this machine', 'LANYARD_ANNOUNCE_IP').argParser(
      list(settings.announceIps),
    ),
  )
  .addOption(
    option('--rtc-port-range <from-to>', 'media ports, UDP and TCP, one for each worker', 'LANYARD_RTC_PORT_RANGE').argParser(
      portRange,
    ),
  )
  .addOption(
    option('--allow-host <names...>', 'further host names that this server is reached by', 'LANYARD_ALLOW_HOST').argParser(
      list(settings.allowedHosts),
    ),
  )
  .addOption(
    option('--allow-origin <origins...>', 'further origins whose pages may connect', 'LANYARD_ALLOW_ORIGIN').argParser(
      list(settings.allowedOrigins),
    ),
  )
  .addOption(
    option('--who-creates <who>', 'who may make rooms: anyone who connects, or programs with a key only', 'LANYARD_WHO_CREATES')
      .choices(settings.whoCreates.unwrap().options)
      .default('anyone'),
  )
  .addOption(new Option('--no-web', 'do not serve the interface to browsers'))
  .addOption(
    option('--log-level <level>', 'how much to log', 'LANYARD_LOG_LEVEL')
      .choices(['debug', 'info', 'warn', 'error', 'silent'])
      .default('info'),
  )
  .action(serve)

const key = program.command('key').description('keys by which programs reach the rooms of a tenant')
key
  .command('create')
  .description('make a key, and show it once')
  .addOption(
    new Option('--tenant <id>', 'whose rooms it reaches; made where there is none').argParser(text(TenantId)).default('local'),
  )
  .addOption(new Option('--name <text>', 'what it is for').argParser(text(settings.name)).default('key'))
  .addOption(dataDirOption())
  .addOption(jsonOption())
  .action(async ({ tenant, name, ...options }: KeyOptions & { tenant: string; name: string }) => {
    const made = await onKeys(options, (keys) => keys.create({ tenantId: tenant, name }))
    print(options, made, `${made.key}\n`)
  })
key
  .command('list')
  .description('show which keys there are; the keys themselves are not stored')
  .addOption(new Option('--tenant <id>', 'of one tenant only').argParser(text(TenantId)))
  .addOption(dataDirOption())
  .addOption(jsonOption())
  .action(async ({ tenant, ...options }: KeyOptions & { tenant?: string }) => {
    const keys = await onKeys(options, (keys) => keys.list(tenant))
    const rows = keys.map((key) => [key.id, key.tenantId, key.name, key.revokedAt ? 'revoked' : `used ${key.usedAt ?? 'never'}`])
    print(options, { keys }, rows.map((row) => `${row.join('  ')}\n`).join(''))
  })
key
  .command('revoke')
  .description('make a key good for nothing')
  .argument('<id>', 'as `key list` shows it')
  .addOption(dataDirOption())
  .addOption(jsonOption())
  .action(async (id: string, options: KeyOptions) => {
    if (!(await onKeys(options, (keys) => keys.revoke(id)))) fail(`There is no key with the id ${id} that is good`)
    print(options, { revoked: id }, `revoked ${id}\n`)
  })

await program.parseAsync()

interface KeyOptions {
  dataDir: string
  json?: boolean
}

async function onKeys<T>({ dataDir }: KeyOptions, act: (keys: Keys) => Promise<T>): Promise<T> {
  try {
    return await withKeys(dataDir, act)
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    return fail(
      error.reason === 'folderInUse' ? `A server is using ${dataDir}; stop it first, and start it again after` : error.message,
    )
  }
}

/** One object for programs, or lines for people. */
function print({ json }: KeyOptions, value: object, lines: string): void {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : lines)
}

function fail(sentence: string): never {
  process.stderr.write(`lanyard: ${sentence}\n`)
  process.exit(1)
}

function dataDirOption(): Option {
  return option('--data-dir <folder>', 'where rooms, messages and keys are kept', 'LANYARD_DATA_DIR')
    .argParser(text(settings.dataDir))
    .default(defaultDataDir())
}

function jsonOption(): Option {
  return new Option('--json', 'print one JSON object')
}

async function serve(options: ServeOptions): Promise<void> {
  // Logs go to stderr: stdout carries the ready line and nothing else.
  const log = pino({ level: options.logLevel, base: null }, pino.destination({ dest: 2, sync: true }))
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
    server = await startRoomServer(
      {
        host: options.host,
        port: options.port,
        dataDir: options.dataDir,
        ...(options.name !== undefined && { name: options.name }),
        ...(options.announceIp && { announceIps: options.announceIp }),
        ...(options.rtcPortRange && { rtcPorts: options.rtcPortRange }),
        ...(options.allowHost && { allowedHosts: options.allowHost }),
        ...(options.allowOrigin && { allowedOrigins: options.allowOrigin }),
        whoCreates: options.whoCreates,
        webDir: options.web
          ? join(import.meta.dirname, import.meta.filename.endsWith('.ts') ? '../../out/renderer' : '../renderer')
          : null,
      },
      { log },
    )
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    process.stderr.write(`lanyard: ${error.message}${error.hint === null ? '' : `; ${error.hint}`}\n`)
    process.exit(1)
  }
  const { url, urls, dataDir, protocol } = server
  process.stdout.write(
    `${JSON.stringify({ ready: true, url, urls, fingerprint: null, version, protocol, dataDir, pid: process.pid })}\n`,
  )
}

/** Parsed as the server does: a wrong value is a wrong call, and named before anything starts. */
function parsedBy<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw new InvalidArgumentError(`${parsed.error.issues[0]?.message ?? 'It is wrong'}.`)
  return parsed.data
}

function text(schema: z.ZodType<string>) {
  return (value: string) => parsedBy(schema, value)
}

/** Given several times, or once with commas. */
function list(schema: z.ZodType<string[]>) {
  return (value: string, before: string[] = []) => parsedBy(schema, [...before, ...value.split(',').map((part) => part.trim())])
}

function wholeNumber(min: number, max: number) {
  return (text: string) => {
    const number = Number(text)
    if (!/^\d+$/.test(text) || number < min || number > max)
      throw new InvalidArgumentError(`Give a whole number from ${min} to ${max}.`)
    return number
  }
}

function portRange(text: string): { min: number; max: number } {
  const [, min, max = min] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? []
  const range = { min: Number(min), max: Number(max) }
  if (!(range.min >= 1 && range.min <= range.max && range.max <= 65_535))
    throw new InvalidArgumentError('Give two ports, as 44400-44499.')
  return range
}

/** Where the system keeps a user's data. */
function defaultDataDir(): string {
  switch (process.platform) {
    case 'win32':
      return join(process.env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'), 'Lanyard', 'server')
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', 'Lanyard', 'server')
    default:
      return join(process.env['XDG_DATA_HOME'] ?? join(homedir(), '.local', 'share'), 'lanyard', 'server')
  }
}
