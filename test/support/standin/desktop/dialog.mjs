import { answer, part, record } from '../core.mjs'

// Nobody is there to answer: a dialog is cancelled, unless the test has put an answer into standin.answers.
const ask =
  (method, fallback) =>
  (...args) => {
    const options = args.at(-1)
    const name = `dialog.${method}`
    record(name, options)
    const value = answer(name, fallback(options ?? {}))
    return method.endsWith('Sync') ? value : Promise.resolve(value)
  }
export const dialog = part('dialog', {
  showOpenDialog: ask('showOpenDialog', () => ({ canceled: true, filePaths: [] })),
  showOpenDialogSync: ask('showOpenDialogSync', () => undefined),
  showSaveDialog: ask('showSaveDialog', () => ({ canceled: true, filePath: '' })),
  showSaveDialogSync: ask('showSaveDialogSync', () => ''),
  showMessageBox: ask('showMessageBox', (o) => ({ response: o.cancelId ?? 0, checkboxChecked: false })),
  showMessageBoxSync: ask('showMessageBoxSync', (o) => o.cancelId ?? 0),
  showErrorBox: (title, content) => {
    record('dialog.showErrorBox', title, content)
    process.stderr.write(`${title}: ${content}\n`)
  },
})
