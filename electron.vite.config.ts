import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'electron-vite'
import { AUTOMATION_ARGUMENT, CALL_CHANNEL, calls, EVENT_CHANNEL, events } from './src/shared/bridge.ts'

// electron-vite asks the electron package which version to build for, which would download it.
process.env['ELECTRON_MAJOR_VER'] ??= '45'

/** The page of the REST interface is served as it is: its files lie beside the code that serves them. */
const docsPage = {
  name: 'docs-page',
  generateBundle(this: { emitFile: (file: { type: 'asset'; fileName: string; source: Uint8Array }) => void }) {
    const folder = join(import.meta.dirname, 'src/main/server/rest/docs')
    for (const name of readdirSync(folder))
      this.emitFile({ type: 'asset', fileName: `docs/${name}`, source: readFileSync(join(folder, name)) })
  },
}

/** From the root, because a link opens the page at `/j/CODE`; electron-vite would have the built files sought beside it. */
const filesAtRoot = { name: 'files-at-root', config: () => ({ base: '/' }) }

export default defineConfig({
  main: {
    plugins: [docsPage],
    build: {
      // The app loads these before its first picture: one file is there sooner than some hundred.
      // What extends zod must find the one that the schemas are made with.
      externalizeDeps: { exclude: ['zod', 'electron-store', '@hono/zod-openapi'] },
      target: 'node24.15',
      rolldownOptions: {
        input: {
          index: 'src/main/app/index.ts',
          hosted: 'src/main/hosted.ts',
          headless: 'src/main/headless.ts',
          writer: 'src/main/server/store/writer.ts',
          copier: 'src/main/server/store/copier.ts',
        },
        // All in one folder, where the store finds its threads beside it.
        output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    // Only the names of the bridge, and not the library that its schemas are made with: it runs before every page.
    define: {
      BRIDGE: JSON.stringify({
        calls: { channel: CALL_CHANNEL, names: Object.keys(calls) },
        events: { channel: EVENT_CHANNEL, names: Object.keys(events) },
        automation: AUTOMATION_ARGUMENT,
      }),
    },
    build: {
      // Sandboxed: one file of CommonJS, with all it needs inside.
      externalizeDeps: false,
      minify: true,
      rolldownOptions: {
        input: { index: 'src/preload/index.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    // Guests come with any current browser, over a network.
    // What these do not know natively (light-dark(), for one) must not be rewritten: it would be resolved in the wrong place.
    build: { target: 'es2023', cssTarget: ['chrome123', 'firefox120', 'safari17.5'], minify: true },
    plugins: [svelte({ configFile: false }), filesAtRoot],
  },
})
