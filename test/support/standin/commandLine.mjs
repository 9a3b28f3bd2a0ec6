import { part, record } from './core.mjs'

/** The command line: what was typed, then what the app appends. Everything goes to Chromium, as in Electron. */
export const switches = new Map()
for (const arg of process.argv.slice(1)) {
  const match = /^--([^=]+)=?(.*)$/s.exec(arg)
  if (match) switches.set(match[1], match[2])
}

export const commandLine = part('app.commandLine', {
  appendSwitch: (name, value = '') => void switches.set(name, value),
  appendArgument: (value) => record('app.commandLine.appendArgument', value),
  removeSwitch: (name) => void switches.delete(name),
  hasSwitch: (name) => switches.has(name),
  getSwitchValue: (name) => switches.get(name) ?? '',
})
