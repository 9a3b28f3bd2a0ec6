import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../setup/run.mjs'

/**
 * @typedef {{ version: string, license?: string, dependencies?: Record<string, string>, optionalDependencies?: Record<string, string>,
 *   peerDependencies?: Record<string, string> }} LockedPackage
 */

/** @type {Record<string, LockedPackage>} */
const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages

/**
 * The folders of these packages and of all that they need, as package-lock.json has them, sorted.
 * @param {readonly string[]} names of packages that are installed at the top
 * @param {(name: string) => boolean} isWanted those that are not are left out with what only they need
 */
export function closure(names, isWanted = () => true) {
  /** @type {Set<string>} */
  const folders = new Set()
  for (const name of names) add('', name)
  return [...folders].sort()

  /**
   * @param {string} from
   * @param {string} name
   */
  function add(from, name) {
    const folder = isWanted(name) ? resolve(from, name) : null
    if (folder === null || folders.has(folder)) return
    folders.add(folder)
    const { dependencies, optionalDependencies, peerDependencies } = entry(folder)
    for (const needed of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) add(folder, needed)
  }
}

/** @param {string} folder */
export function entry(folder) {
  return /** @type {LockedPackage} */ (locked[folder])
}

/**
 * Where Node finds a package: in the nearest node_modules upwards. Null where it is not installed, as an optional peer.
 * @param {string} from
 * @param {string} name
 * @returns {string | null}
 */
function resolve(from, name) {
  const folder = `${from === '' ? '' : `${from}/`}node_modules/${name}`
  if (Object.hasOwn(locked, folder)) return folder
  return from === '' ? null : resolve(from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))), name)
}
