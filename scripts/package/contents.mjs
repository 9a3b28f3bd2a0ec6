/** What of the installed packages the packages carry. */

/** Dependencies that only the desktop app has a use for. */
export const appOnly = ['electron-store', 'rotating-file-stream']

/** Dependencies that only the program `lanyard` has a use for. */
export const headlessOnly = ['commander']

/** What is bundled into the interface. */
export const inInterface = [
  '@fontsource-variable/inter',
  '@lucide/svelte',
  'bits-ui',
  'mediasoup-client',
  'socket.io-client',
  'svelte',
]

/** What mediasoup's installer needs, and what better-sqlite3 is compiled with. */
const installOnly = ['node-addon-api', 'node-fetch', 'tar']

/** Whether a package is needed while the program runs. @param {string} name */
export const runs = (name) => !name.startsWith('@types/') && !installOnly.includes(name)

/** Folders and files of any package that only its developers read. */
export const developersOnly = ['**/{test,tests,benchmark,benchmarks,example,examples}/**', '**/*.{ts,mts,cts,map,md,tsbuildinfo}']

/**
 * All that is needed of these packages, which carry sources, and binaries of every platform. mediasoup's worker is not among it:
 * it is packed by itself.
 * @param {string} target the platform and architecture, as `linux-x64`
 * @returns {Record<string, string[]>}
 */
export const needed = (target) => ({
  'better-sqlite3': ['LICENSE', 'package.json', 'lib/**', `prebuilds/${target}.node`],
  mediasoup: ['LICENSE', 'package.json', 'node/lib/**'],
})
