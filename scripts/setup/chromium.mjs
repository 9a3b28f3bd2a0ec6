import { existsSync, readFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { endsWith, node, projectEnv, root, runQuietly, say, seconds, SetupError } from './run.mjs'

/** Tests take this one where it is there, and else Playwright's. */
const systemChromium = '/usr/bin/chromium'

/** Brings a Chromium for the end-to-end tests: Debian's own on Debian, elsewhere Playwright's. */
export async function bringChromium() {
  if (chromiumRuns()) return
  const began = Date.now()
  await (isDebian() ? installOnDebian() : installByPlaywright())
  if (!chromiumRuns()) {
    throw new SetupError('Chromium is installed and does not start; `npx playwright install-deps chromium` may help.')
  }
  say(`  Chromium ready in ${seconds(began)}`)
}

async function installOnDebian() {
  const packages = ['chromium', 'fonts-dejavu-core', 'dbus', 'xvfb', 'xauth']
  say(`Installing a browser for the tests (apt-get install ${packages.join(' ')})`)
  // Of several sources one may be broken without being needed: the installation tells.
  await apt('update')
  if (!(await apt('install', ...packages))) {
    throw new SetupError(`Chromium could not be installed. As root: apt-get install ${packages.join(' ')}`)
  }
}

/** @param {string[]} args */
function apt(...args) {
  const command = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', '-y', '-o', 'DPkg::Lock::Timeout=120', ...args]
  if (process.getuid?.() !== 0) command.unshift('sudo')
  return runQuietly('installing Chromium', '/usr/bin/env', command)
}

async function installByPlaywright() {
  say('Downloading a browser for the tests (playwright install chromium)')
  if (!(await runQuietly('downloading Chromium', 'npx', ['playwright', 'install', 'chromium']))) {
    throw new SetupError('Chromium could not be downloaded. `npx playwright install chromium` says why.')
  }
}

function chromiumRuns() {
  if (existsSync(systemChromium)) return endsWith(systemChromium, ['--version'], 0)
  const print = "process.stdout.write(require('@playwright/test').chromium.executablePath())"
  const path = spawnSync(node, ['-e', print], { cwd: root, env: projectEnv, encoding: 'utf8' }).stdout
  return existsSync(path)
}

function isDebian() {
  return existsSync('/etc/os-release') && /^ID="?debian"?$/m.test(readFileSync('/etc/os-release', 'utf8'))
}
