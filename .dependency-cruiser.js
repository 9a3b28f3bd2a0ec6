/**
 * Who may import whom: the house's layers, as a table. Each row lists all that its folder may import, so what is not named
 * is forbidden. `npm run check` enforces it; test/tooling/layers.test.ts proves that it does.
 */

/** Folders of our own, by the path in which they begin. */
const shared = '^src/shared/'
const server = '^src/main/server/'
const app = '^src/main/app/'
const lan = '^src/main/lan/'
const client = '^src/client/'
const session = '^src/renderer/src/session/'
const state = '^src/renderer/src/state/'
const components = '^src/renderer/src/components/'
const platform = '^src/renderer/src/platform/'
const automation = '^src/renderer/src/automation/'

/** Packages, as they resolve. @param {string[]} names */
const packages = (...names) => `^node_modules/(${names.join('|')})(/|$)`
const svelte = packages('svelte')

/** @type {{ name: string, folder: string, mayImport: string[], onlyTypesOf?: string[], node?: boolean }[]} */
const layers = [
  { name: 'shared', folder: shared, mayImport: [shared, packages('zod')], onlyTypesOf: [packages('mediasoup-client')] },
  {
    name: 'server',
    folder: server,
    mayImport: [
      shared,
      lan,
      server,
      '^package.json$',
      packages(
        '@hono/node-server',
        '@hono/zod-openapi',
        '@peculiar',
        'better-sqlite3',
        'hono',
        'jose',
        'kysely',
        'mediasoup',
        'pino',
        'prom-client',
        'rate-limiter-flexible',
        'reflect-metadata',
        'socket.io',
        'ical-generator',
        'luxon',
        '@touch4it/ical-timezones',
        'zod',
      ),
    ],
    onlyTypesOf: [packages('mediasoup-client')],
    node: true,
  },
  { name: 'lan', folder: lan, mayImport: [shared, lan, packages('@scure/bip39', 'dns-packet', 'zod')], node: true },
  {
    name: 'headless',
    folder: '^src/main/(headless.ts$|cli/)',
    mayImport: [shared, lan, '^src/main/cli/', `${server}(index|version).ts$`, packages('commander', 'pino', 'uqr', 'zod')],
    node: true,
  },
  {
    name: 'app',
    folder: app,
    mayImport: [shared, client, lan, app, packages('electron', 'electron-store', 'pino', 'rotating-file-stream', 'zod')],
    node: true,
  },
  {
    name: 'hosted',
    folder: '^src/main/hosted.ts$',
    mayImport: [shared, `${server}index.ts$`, packages('pino')],
    node: true,
  },
  { name: 'preload', folder: '^src/preload/', mayImport: ['^src/shared/bridge.ts$', packages('electron')] },
  { name: 'client', folder: client, mayImport: [shared, client, packages('socket.io-client')] },
  { name: 'session', folder: session, mayImport: [shared, client, session, packages('mediasoup-client')] },
  { name: 'state', folder: state, mayImport: [shared, client, session, state, platform, svelte] },
  {
    name: 'components',
    folder: components,
    mayImport: [state, components, svelte, packages('@lucide/svelte', 'bits-ui', 'uplot', 'uqr')],
    onlyTypesOf: [shared],
  },
  { name: 'automation', folder: automation, mayImport: [shared, session, automation] },
  { name: 'platform', folder: platform, mayImport: [shared, platform, packages('zod')] },
]

/** Whatever imports one of these at run time is one file, or one folder. */
const soleUsers = [
  { of: 'mediasoup', by: `${server}sfu.ts$` },
  { of: 'socket.io', by: `${server}signaling.ts$` },
  { of: 'hono', by: `${server}rest/` },
  { of: '@hono/zod-openapi', by: `${server}rest/` },
  { of: '@peculiar', by: `${server}tls/` },
  { of: 'jose', by: `${server}Tokens.ts$` },
  { of: 'better-sqlite3', by: `${server}(store/|DataDir.ts$)` },
  { of: 'kysely', by: `${server}store/` },
  { of: 'electron', by: '^src/(main/app|preload)/' },
  { of: 'mediasoup-client', by: session },
  { of: 'uplot', by: `${components}records/` },
  { of: 'socket.io-client', by: client },
]

export default {
  forbidden: [
    ...layers.map(({ name, folder, mayImport, onlyTypesOf = [], node = false }) => ({
      name: `${name}-imports`,
      comment: `src's layer ${name} may not import that: see .dependency-cruiser.js`,
      severity: 'error',
      from: { path: folder },
      to: { pathNot: [...mayImport, ...onlyTypesOf], ...(node && { dependencyTypesNot: ['core'] }) },
    })),
    ...layers.flatMap(({ name, folder, onlyTypesOf }) =>
      onlyTypesOf
        ? [
            {
              name: `${name}-imports-types-only`,
              comment: `src's layer ${name} may import only types of that`,
              severity: 'error',
              from: { path: folder },
              to: { path: onlyTypesOf, dependencyTypesNot: ['type-only'] },
            },
          ]
        : [],
    ),
    ...soleUsers.map(({ of, by }) => ({
      name: `sole-user-of-${of}`,
      comment: `only ${by} knows ${of}; others may import its types`,
      severity: 'error',
      from: { path: '^src/', pathNot: by },
      to: { path: packages(of), dependencyTypesNot: ['type-only'] },
    })),
    {
      name: 'server-has-one-entry',
      comment: 'the server is used by startRoomServer alone; its version is public too',
      severity: 'error',
      from: { path: '^src/', pathNot: server },
      to: { path: server, pathNot: `${server}(index|version).ts$` },
    },
    {
      name: 'no-import-of-entries',
      comment: 'entries wire things together; nothing imports them',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/renderer/(src/main.ts|src/gallery/|gallery)' },
      to: { path: '^src/(main/(headless|hosted|app/index).ts|preload/|renderer/src/(App.svelte|main.ts))$' },
    },
    {
      name: 'no-import-from-outside',
      comment: 'the program does not lean on its tests and tools',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts|examples)/' },
    },
    {
      name: 'no-development-package-at-run-time',
      comment: 'what the server imports is installed with it: a dependency, not a devDependency',
      severity: 'error',
      from: { path: '^src/main/' },
      // Electron is what the app runs in.
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: packages('electron') },
    },
    {
      name: 'no-circular-import',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-unresolvable-import', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: '^node_modules/' },
    exclude: { path: '\\.md$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'svelte', 'node', 'default', 'types'] },
  },
}
