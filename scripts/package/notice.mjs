import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../setup/run.mjs'
import { entry } from './closure.mjs'

/** What is linked into mediasoup's worker (the subprojects of its meson.build). */
const inWorker = [
  ['abseil-cpp', 'Apache-2.0', 'https://abseil.io'],
  ['flatbuffers', 'Apache-2.0', 'https://flatbuffers.dev'],
  ['libsrtp', 'BSD-3-Clause', 'https://github.com/cisco/libsrtp'],
  ['libuv', 'MIT', 'https://libuv.org'],
  ['OpenSSL', 'Apache-2.0', 'https://openssl-library.org'],
  ['unordered_dense', 'MIT', 'https://github.com/martinus/unordered_dense'],
]
const libwebrtc = 'node_modules/mediasoup/worker/deps/libwebrtc/LICENSE'

/**
 * The names, versions and licences of everything by others that is in a package.
 * @param {readonly string[]} folders of npm packages
 * @param {string | null} node the version of Node inside; null where Electron brings its own, with its own notices
 */
export function notice(folders, node = null) {
  const parts = folders.map((folder) => {
    const { version, license } = entry(folder)
    return part(`${folder.replace(/^.*node_modules\//, '')} ${version}`, license ?? 'see below', texts(folder))
  })
  return [
    'Lanyard contains the following works of others, under their own licences.\n',
    ...(node === null ? [] : [part(`Node.js ${node}`, 'MIT and others', `https://github.com/nodejs/node/blob/v${node}/LICENSE`)]),
    ...inWorker.map(([name, license, home]) => part(`${name} (in mediasoup-worker)`, license ?? '', home ?? '')),
    part('libwebrtc, parts (in mediasoup-worker)', 'BSD-3-Clause', readFileSync(join(root, libwebrtc), 'utf8').trim()),
    ...parts,
  ].join('\n')
}

/**
 * @param {string} title
 * @param {string} license
 * @param {string} text
 */
function part(title, license, text) {
  return `${'─'.repeat(80)}\n${title} · ${license}\n\n${text}\n`
}

/** @param {string} folder */
function texts(folder) {
  const path = join(root, folder)
  if (!existsSync(path)) return ''
  const files = readdirSync(path).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name))
  return files.map((name) => readFileSync(join(path, name), 'utf8').trim()).join('\n\n')
}
