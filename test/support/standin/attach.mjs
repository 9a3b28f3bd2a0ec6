/** Everything that must be in place before a page's first script: the preload's world, the guards, what we are told of. */
import { readFileSync } from 'node:fs'
import { state } from './core.mjs'
import { nativeTheme } from './desktop/nativeTheme.mjs'
import { refused } from './nowhere.mjs'
import { makeBridge } from './page/bridge.mjs'
import { codec } from './page/codec.mjs'
import { pageWorld } from './page/pageWorld.mjs'
import { preloadWorld } from './page/preloadWorld.mjs'
import { onPageEvent } from './pageEvents.mjs'
import { names, preloadFailed, WORLD } from './preloadMessages.mjs'

/** The page exists and waits for the debugger. `adopted`: Chromium opened it, so it has an address of its own already. */
export async function attach(contents, sessionId, targetId, adopted) {
  const cdp = (method, params) => state.chromium.send(method, params, sessionId)
  contents._targetId = targetId
  contents._cdp = cdp
  state.contents.set(targetId, contents)
  state.chromium.handlers.set(sessionId, (method, params) => onPageEvent(contents, method, params))
  await Promise.all([
    cdp('Page.enable'),
    cdp('Page.setLifecycleEventsEnabled', { enabled: true }),
    cdp('Runtime.enable'),
    cdp('Inspector.enable'),
    cdp('Security.enable'),
    cdp('Security.setOverrideCertificateErrors', { override: true }),
    cdp('Runtime.addBinding', { name: names.binding, executionContextName: WORLD }),
    // The order matters: the preload's world listens first, then the page's world says hello.
    cdp('Page.addScriptToEvaluateOnNewDocument', { worldName: WORLD, source: preloadSource(contents) }),
    cdp('Page.addScriptToEvaluateOnNewDocument', { source: call(pageWorld, makeBridge, names) }),
    nativeTheme._emulate(contents),
    cdp('Emulation.setUserAgentOverride', userAgent(contents)),
    cdp('Runtime.runIfWaitingForDebugger'),
  ])
  if (!adopted) await refused(targetId).promise
  contents._attached.resolve()
}

/** A call as source text: functions by their source, objects as JSON. */
const call = (f, ...args) => `(${f})(${args.map((arg) => (typeof arg === 'object' ? JSON.stringify(arg) : arg)).join(', ')})`

function preloadSource(contents) {
  let preload = ''
  try {
    if (contents._preload) preload = readFileSync(contents._preload, 'utf8')
  } catch (error) {
    preloadFailed(contents, error)
  }
  const process_ = {
    platform: process.platform,
    arch: process.arch,
    versions: { ...process.versions },
    env: { NODE_ENV: process.env.NODE_ENV },
    argv: [process.argv[0], ...contents._arguments],
  }
  const module = `function (require, module, exports, process, setImmediate) {${preload}\n}`
  return call(preloadWorld, codec, makeBridge, { ...names, process: process_ }, module)
}

function userAgent(contents) {
  const brands = [{ brand: 'Chromium', version: String(parseInt(process.versions.chrome)) }]
  return {
    userAgent: contents.session.getUserAgent(),
    userAgentMetadata: { brands, platform: 'Linux', platformVersion: '', architecture: 'x86', model: '', mobile: false },
  }
}
