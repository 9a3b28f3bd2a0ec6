import { existsSync, readFileSync } from 'node:fs'
import { runQuietly, say, SetupError } from './run.mjs'

export function isDebian() {
  return existsSync('/etc/os-release') && /^ID="?debian"?$/m.test(readFileSync('/etc/os-release', 'utf8'))
}

/**
 * Installs packages of Debian's.
 * @param {string} what they are, as *a browser for the tests*
 * @param {string[]} packages
 * @throws {SetupError} where they cannot be had
 */
export async function aptInstall(what, packages) {
  say(`Installing ${what} (apt-get install ${packages.join(' ')})`)
  // Of several sources one may be broken without being needed: the installation tells.
  await apt(what, 'update')
  if (!(await apt(what, 'install', ...packages))) {
    throw new SetupError(`${what} could not be installed. As root: apt-get install ${packages.join(' ')}`)
  }
}

/**
 * @param {string} what
 * @param {string[]} args
 */
function apt(what, ...args) {
  const command = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', '-y', '-o', 'DPkg::Lock::Timeout=120', ...args]
  if (process.getuid?.() !== 0) command.unshift('sudo')
  return runQuietly(`installing ${what}`, '/usr/bin/env', command)
}
