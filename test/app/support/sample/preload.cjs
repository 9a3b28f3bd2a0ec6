const { contextBridge, ipcRenderer } = require('electron')

contextBridge.exposeInMainWorld('sample', {
  invoke: (channel, ...args) => ipcRenderer.invoke(channel, ...args),
  send: (channel, ...args) => ipcRenderer.send(channel, ...args),
  /** Answers with what stops it. */
  on: (channel, listener) => {
    const passOn = (_event, ...args) => listener(...args)
    ipcRenderer.on(channel, passOn)
    return () => ipcRenderer.off(channel, passOn)
  },
})
