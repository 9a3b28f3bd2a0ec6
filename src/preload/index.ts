/** The window's only way to main: one function for each name of the bridge. Sandboxed, so it is one file without imports at run time. */
import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron'
import { CALL_CHANNEL, calls, EVENT_CHANNEL, events } from '../shared/bridge.ts'

const listeners = (name: string) => (listener: (payload: unknown) => void) => {
  const hear = (_: IpcRendererEvent, event: string, payload: unknown) => {
    if (event === name) listener(payload)
  }
  ipcRenderer.on(EVENT_CHANNEL, hear)
  return () => void ipcRenderer.off(EVENT_CHANNEL, hear)
}

contextBridge.exposeInMainWorld('lanyard', {
  ...Object.fromEntries(
    Object.keys(calls).map((name) => [name, (params: unknown) => ipcRenderer.invoke(CALL_CHANNEL, name, params)]),
  ),
  ...Object.fromEntries(Object.keys(events).map((name) => [`on${name[0]?.toUpperCase()}${name.slice(1)}`, listeners(name)])),
})
