import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { endsWith, node, root, runQuietly, say, seconds, SetupError, systemEnv } from './run.mjs'

/** Brings node_modules to what package-lock.json says, with the project's own Node in it. */
export async function bringPackages() {
  const began = Date.now()
  const current = areCurrent()
  if (!current) {
    say('Installing the packages that package-lock.json names (npm ci)')
    // Without install scripts, about which npm asks or not, depending on its version. One is needed: that of the package node.
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
    if (!(await runQuietly('installing packages', 'npm', args, { env: systemEnv }))) throw unreachable('The packages')
  }
  const hasNode = endsWith(node, ['--version'], 0)
  if (!hasNode) {
    const args = ['rebuild', 'node', '--loglevel=error']
    if (!(await runQuietly('fetching Node 24', 'npm', args, { env: systemEnv }))) throw unreachable('Node 24')
  }
  if (!current || !hasNode) say(`  packages installed in ${seconds(began)}`)
}

/** @param {string} what */
function unreachable(what) {
  return new SetupError(
    `${what} could not be installed from the npm registry. Can it be reached from here? npm’s own words are above.`,
  )
}

/** Whether each package of the lock file is installed in its version; those for other platforms may be missing. */
function areCurrent() {
  try {
    const wanted = packagesOf('package-lock.json')
    const installed = packagesOf('node_modules/.package-lock.json')
    return Object.entries(wanted).every(([path, { version, optional }]) => {
      const found = installed[path]
      return path === '' || (found ? found.version === version : optional === true)
    })
  } catch {
    return false
  }
}

/**
 * @param {string} lockFile
 * @returns {Record<string, { version: string, optional?: boolean }>}
 */
function packagesOf(lockFile) {
  return JSON.parse(readFileSync(join(root, lockFile), 'utf8')).packages
}
