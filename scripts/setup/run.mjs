/**
 * Runs programs for the scripts that people start: passes signals on, waits, tells how long things take.
 * Everything under scripts/setup runs on Node 20 and uses no package, because it is there before any package is.
 */
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** @type {{ version: string, dependencies: Record<string, string> }} */
const about = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
export const version = about.version
/** The names of the packages that the program itself imports. */
export const dependencies = Object.keys(about.dependencies)

const bin = join(root, 'node_modules', '.bin')
const { PATH = '' } = process.env
const withoutBin = PATH.split(delimiter)
  .filter((folder) => !folder.endsWith(join('node_modules', '.bin')))
  .join(delimiter)

/** The environment for what is part of the project: its own Node and tools come first. */
export const projectEnv = { ...process.env, PATH: bin + delimiter + withoutBin }
/** The environment for what replaces node_modules, and so must not run from there. */
export const systemEnv = { ...process.env, PATH: withoutBin }

/** The project's own Node; the one that runs these scripts may be older. */
export const node = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

/** Something cannot be had. `message` is a sentence for whoever started the script. */
export class SetupError extends Error {}

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()
/** The exit code that a signal asks for, once there was one. */
let interrupted = 0

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    interrupted = 128 + constants.signals[signal]
    if (running.size === 0) process.exit(interrupted)
    // Those that run end in their own way; whoever waits for them then goes on.
    for (const child of running) child.kill(signal)
  })
}

/**
 * Starts a program, which gets the signals that this script gets.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 */
export function start(command, args, options = {}) {
  // npm and npx are scripts of the shell on Windows.
  const shell = process.platform === 'win32' && !command.includes(sep)
  const child = spawn(command, args, { cwd: root, env: projectEnv, stdio: 'inherit', shell, ...options })
  running.add(child)
  /** @type {Promise<number>} the exit code, as a shell would say it; 127 where there is no such program */
  const ended = new Promise((resolve) => {
    child.once('error', () => resolve(127))
    child.once('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)))
  })
  void ended.then(() => running.delete(child))
  return { child, ended }
}

/**
 * Runs one step to its end. Where a signal ended it, everything ends.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 * @returns {Promise<boolean>} whether it succeeded
 */
export async function run(command, args, options = {}) {
  const code = await start(command, args, options).ended
  if (interrupted) process.exit(interrupted)
  return code === 0
}

/**
 * Runs one step to its end, and keeps what it says. Where a signal ended it, everything ends.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 */
export async function capture(command, args, options = {}) {
  const { child, ended } = start(command, args, { ...options, stdio: ['inherit', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (output += text))
  const code = await ended
  if (interrupted) process.exit(interrupted)
  return { succeeded: code === 0, output: output.trim() }
}

/**
 * Runs one step that takes a while and says much: tells that it goes on, and shows its last lines when it has failed.
 * @param {string} what says what is being done, as *installing the packages*
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 * @returns {Promise<boolean>} whether it succeeded
 */
export async function runQuietly(what, command, args, options = {}) {
  const began = Date.now()
  const progress = setInterval(() => say(`  still ${what}, ${seconds(began)}`), 15_000)
  const { succeeded, output } = await capture(command, args, options)
  clearInterval(progress)
  if (!succeeded) say(output.split('\n').slice(-20).join('\n'))
  return succeeded
}

/**
 * Whether a program can be started and ends with a code.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {number} code
 */
export function endsWith(command, args, code) {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 20_000 }).status === code
}

/** @param {string} line */
export function say(line) {
  process.stdout.write(`${line}\n`)
}

/**
 * The time since, as people say it.
 * @param {number} began in ms since 1970
 */
export function seconds(began) {
  const passed = (Date.now() - began) / 1_000
  return passed < 60 ? `${passed.toFixed(passed < 10 ? 1 : 0)} s` : `${Math.floor(passed / 60)} min ${Math.round(passed % 60)} s`
}
