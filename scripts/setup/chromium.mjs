import { existsSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { aptInstall, isDebian } from './apt.mjs'
import { endsWith, node, projectEnv, root, runQuietly, say, seconds, SetupError } from './run.mjs'

/** Tests take this one where it is there, and else Playwright's. */
const systemChromium = '/usr/bin/chromium'

const debianPackages = ['chromium', 'fonts-dejavu-core', 'dbus', 'xvfb', 'xauth']

/** Brings a Chromium for the end-to-end tests: Debian's own on Debian, elsewhere Playwright's. */
export async function bringChromium() {
  if (chromiumRuns()) return
  const began = Date.now()
  await (isDebian() ? aptInstall('a browser for the tests', debianPackages) : installByPlaywright())
  if (!chromiumRuns()) {
    throw new SetupError('Chromium is installed and does not start; `npx playwright install-deps chromium` may help.')
  }
  say(`  Chromium ready in ${seconds(began)}`)
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
