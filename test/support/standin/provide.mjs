// Answers `require('electron')` and `import … from 'electron'` with an object of ours.
import Module, { registerHooks } from 'node:module'

const isElectron = (name) => /^(node:)?electron(\/(main|common|renderer|utility))?$/.test(name)

export function provideElectron(electron) {
  // First of all and not only through hooks: the inspector's require, which Playwright uses, comes this way too.
  const load = Module._load
  Module._load = function (request, ...rest) {
    return isElectron(request) ? electron : load.call(this, request, ...rest)
  }
  globalThis[Symbol.for('electron-standin')] = electron
  const source = `const electron = globalThis[Symbol.for('electron-standin')]\nexport default electron\nexport const { ${Object.keys(electron).join(', ')} } = electron`
  registerHooks({
    resolve: (name, context, next) =>
      isElectron(name) ? { url: 'standin:electron', format: 'module', shortCircuit: true } : next(name, context),
    load: (url, context, next) =>
      url === 'standin:electron' ? { format: 'module', source, shortCircuit: true } : next(url, context),
  })
}
