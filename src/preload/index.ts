/** The window's only way to main: one function for each name of the bridge. Sandboxed, so it is one file without imports at run time. */
import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron'

interface Half {
  channel: string
  names: readonly string[]
}
/** The names in `shared/bridge.ts`, put in by the build (electron.vite.config.ts). */
declare const BRIDGE: { calls: Half; events: Half; automation: string }

const { calls, events, automation } = BRIDGE

const caller = (name: string) => (params: unknown) => ipcRenderer.invoke(calls.channel, name, params)

const listeners = (name: string) => (listener: (payload: unknown) => void) => {
  const hear = (_: IpcRendererEvent, event: string, payload: unknown) => {
    if (event === name) listener(payload)
  }
  ipcRenderer.on(events.channel, hear)
  return () => void ipcRenderer.off(events.channel, hear)
}

const capitalized = (name: string) => `${name[0]?.toUpperCase()}${name.slice(1)}`

contextBridge.exposeInMainWorld(
  'lanyard',
  Object.fromEntries([
    ...calls.names.map((name) => [name, caller(name)]),
    ...events.names.map((name) => [`on${capitalized(name)}`, listeners(name)]),
  ]),
)

// Only where main says that a program drives the app.
const told = process.argv.find((argument) => argument.startsWith(automation))
if (told !== undefined) {
  const clockAheadMs = Number(told.slice(automation.length))
  contextBridge.exposeInMainWorld('lanyardAutomation', { clockAheadMs })
}
