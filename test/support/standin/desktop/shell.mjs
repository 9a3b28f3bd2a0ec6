import { answer, part, record } from '../core.mjs'

const reply =
  (api, value) =>
  (...args) => {
    record(api, ...args)
    return answer(api, value)
  }
export const shell = part('shell', {
  openExternal: async (...args) => reply('shell.openExternal')(...args),
  openPath: async (...args) => reply('shell.openPath', '')(...args),
  showItemInFolder: reply('shell.showItemInFolder'),
  trashItem: async (...args) => reply('shell.trashItem')(...args),
  beep: reply('shell.beep'),
})
