import { join } from 'node:path'
import { endsWith, node, root, run, runQuietly, say, seconds, SetupError } from './run.mjs'

// Both are mediasoup's own: a worker that is already there, and another place than its releases to fetch one from.
const { MEDIASOUP_WORKER_BIN, MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL: releases = 'https://github.com' } = process.env
const mediasoup = join(root, 'node_modules', 'mediasoup')
const binary = process.platform === 'win32' ? 'mediasoup-worker.exe' : 'mediasoup-worker'
/** The program of the media worker. */
export const worker = MEDIASOUP_WORKER_BIN ?? join(mediasoup, 'worker', 'out', 'Release', binary)

/** Brings mediasoup's media worker, a native program: the official one where it can be downloaded, else one built from source. */
export async function bringWorker() {
  if (runs()) return
  const began = Date.now()
  if (await answers(releases)) {
    say('Fetching the media worker (mediasoup’s own installer; it compiles where there is no prebuilt one)')
    await runQuietly('fetching the media worker', node, ['npm-scripts.mjs', 'postinstall'], {
      cwd: mediasoup,
      timeout: 20 * 60_000,
    })
  }
  if (!runs() && process.platform === 'linux') {
    say('Building the media worker from the package’s sources (about 3 minutes, the first time on this machine)')
    await run('bash', [join(root, 'scripts', 'build-worker.sh'), mediasoup])
  }
  if (!runs()) {
    throw new SetupError(
      `The media worker could not be had: ${new URL(releases).host} was tried for a prebuilt one, and Debian for the libraries to build it. ` +
        'With one of them reachable, start again; or set MEDIASOUP_WORKER_BIN to a worker that is already there.',
    )
  }
  say(`  media worker ready in ${seconds(began)}`)
}

/** Started by anyone but mediasoup, the worker asks for its version in the environment and ends with 41. */
function runs() {
  return endsWith(worker, [], 41)
}

/**
 * Whether anything answers there within 5 seconds.
 * @param {string} url
 */
export async function answers(url) {
  try {
    await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(5_000) })
    return true
  } catch {
    return false
  }
}
