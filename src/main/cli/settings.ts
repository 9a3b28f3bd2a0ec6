/** What the server is told: by flags, the environment, a file, or not at all. */
import { readFileSync } from 'node:fs'
import { Option, type Command } from 'commander'
import { z } from 'zod'
import { ServerConfig } from '../server/index.ts'
import { list, portRange, read, wholeNumber, type CommonOptions } from './options.ts'
import { fail } from './output.ts'

const { webDir: _, ...served } = ServerConfig.shape

/** All that can be set, under the names that a file has for it. */
const Settings = z.strictObject({
  ...served,
  /** Whoever serves for long has quiet moments. */
  measureAfterMs: served.measureAfterMs.default(10_000),
  /** Whether browsers are served the interface. */
  web: z.boolean().default(true),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** JSON is for programs, text for people. */
  logFormat: z.enum(['json', 'text']).default('json'),
})
export type Settings = z.output<typeof Settings>
type Name = keyof Settings

const names = Object.keys(Settings.shape) as Name[]

/** Where a value comes from, and which flag, variable or file that is; null for a default. */
export interface Origin {
  source: 'flag' | 'environment' | 'file' | 'default'
  by: string | null
}

const shape = Settings.shape
const option = (flags: string, about: string, env: string) => new Option(flags, about).env(env)

/** The settings that have a flag and a variable; a file can set the others, too. */
const options: Partial<Record<Name, Option>> = {
  host: option('--host <address>', 'address to listen on; 127.0.0.1 where nothing is said', 'LANYARD_HOST').argParser(
    read(shape.host),
  ),
  port: option(
    '--port <number>',
    'port of HTTP and signaling; 0 takes a free one, 4433 where nothing is said',
    'LANYARD_PORT',
  ).argParser(wholeNumber(0, 65_535)),
  plainPort: option(
    '--plain-port <number>',
    'a port for browsers without encryption, to watch, listen and chat; others on the network can read along',
    'LANYARD_PLAIN_PORT',
  ).argParser(wholeNumber(0, 65_535)),
  tls: option(
    '--tls [mode]',
    'encrypt: auto (where others can reach it), on or off (for this computer alone); auto where nothing is said',
    'LANYARD_TLS',
  )
    .choices(shape.tls.unwrap().options)
    .preset('on'),
  tlsCert: option('--tls-cert <file>', 'an own certificate, as PEM, with those that vouch for it', 'LANYARD_TLS_CERT').argParser(
    read(shape.tlsCert),
  ),
  tlsKey: option('--tls-key <file>', 'the key of that certificate, as PEM', 'LANYARD_TLS_KEY').argParser(read(shape.tlsKey)),
  name: option('--name <text>', 'the name that people see', 'LANYARD_NAME').argParser(read(shape.name)),
  announceIps: option(
    '--announce-ip <addresses...>',
    'addresses at which media reaches this machine',
    'LANYARD_ANNOUNCE_IP',
  ).argParser(list(shape.announceIps)),
  rtcPorts: option(
    '--rtc-port-range <from-to>',
    'media ports, UDP and TCP, one for each worker',
    'LANYARD_RTC_PORT_RANGE',
  ).argParser(portRange),
  allowedHosts: option(
    '--allow-host <names...>',
    'further host names that this server is reached by',
    'LANYARD_ALLOW_HOST',
  ).argParser(list(shape.allowedHosts)),
  allowedOrigins: option(
    '--allow-origin <origins...>',
    'further origins whose pages may connect',
    'LANYARD_ALLOW_ORIGIN',
  ).argParser(list(shape.allowedOrigins)),
  whoCreates: option(
    '--who-creates <who>',
    'who may make rooms: anyone who connects, or programs with a key only',
    'LANYARD_WHO_CREATES',
  ).choices(shape.whoCreates.unwrap().options),
  autoCreate: option('--auto-create', 'make a room where someone joins one that there is not', 'LANYARD_AUTO_CREATE'),
  directCalls: option('--direct-calls', 'let people who are in no room call each other', 'LANYARD_DIRECT_CALLS'),
  mdns: new Option('--no-mdns', 'do not show others on the network that this server is there'),
  web: new Option('--no-web', 'do not serve the interface to browsers'),
  logFormat: option(
    '--log-format <format>',
    'how to log: json or text; json where nothing is said',
    'LANYARD_LOG_FORMAT',
  ).choices(shape.logFormat.unwrap().options),
  logLevel: option('--log-level <level>', 'how much to log', 'LANYARD_LOG_LEVEL').choices(shape.logLevel.unwrap().options),
}

/** Gives a command the options of the server. */
export function addSettings(command: Command, common: CommonOptions): Command {
  command.addOption(option('--config <file>', 'a JSON file of settings', 'LANYARD_CONFIG')).addOption(common.dataDir())
  for (const setting of Object.values(options)) command.addOption(setting)
  return command
}

/** What holds: flags before the environment, that before the file, that before defaults. A wrong file ends the program. */
export function settingsOf(command: Command): { settings: Settings; origins: Record<Name, Origin> } {
  const { config: file } = command.opts<{ config?: string }>()
  const inFile = file === undefined ? {} : readFile(file)
  const values: Partial<Record<Name, unknown>> = {}
  const origins = Object.fromEntries(
    names.map((name): [Name, Origin] => {
      const flag = name === 'dataDir' ? command.options.find(({ long }) => long === '--data-dir') : options[name]
      const attribute = flag?.attributeName() ?? ''
      const source = command.getOptionValueSource(attribute)
      if (flag && (source === 'cli' || source === 'env')) {
        values[name] = command.getOptionValue(attribute)
        return [
          name,
          source === 'cli' ? { source: 'flag', by: flag.long ?? null } : { source: 'environment', by: flag.envVar ?? null },
        ]
      }
      if (Object.hasOwn(inFile, name)) {
        values[name] = inFile[name]
        return [name, { source: 'file', by: file ?? null }]
      }
      if (name === 'dataDir') values[name] = command.getOptionValue(attribute)
      return [name, { source: 'default', by: null }]
    }),
  ) as Record<Name, Origin>
  const parsed = Settings.safeParse(values)
  if (!parsed.success) return wrong(file ?? '', parsed.error)
  return { settings: parsed.data, origins }
}

function readFile(file: string): Record<string, unknown> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    return fail(
      `The settings in ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
      'name another with --config',
      2,
    )
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    return fail(`The settings in ${file} are no JSON: ${(error as Error).message}`, null, 2)
  }
  // The directory has a default here only, so a file need not name it.
  const parsed = Settings.extend({ dataDir: shape.dataDir.optional() }).safeParse(json)
  return parsed.success ? (json as Record<string, unknown>) : wrong(file, parsed.error)
}

function wrong(file: string, error: z.ZodError): never {
  const [issue] = error.issues
  const path = issue?.path.join('.') ?? ''
  return fail(`The settings in ${file} are wrong: ${path === '' ? '' : `${path}: `}${issue?.message ?? ''}`, null, 2)
}
