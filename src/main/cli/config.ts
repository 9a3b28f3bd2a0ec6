import type { Command } from 'commander'
import { runningServer } from '../server/index.ts'
import type { CommonOptions } from './options.ts'
import { print, table } from './output.ts'
import { failBy } from './owner.ts'
import { addSettings, settingsOf } from './settings.ts'

/** `lanyard config print`: what `serve` would go by if it were called with these flags, here and now. */
export function addConfigCommands(program: Command, common: CommonOptions): void {
  const command = program
    .command('config')
    .description('what the server is told')
    .command('print')
    .description('show each setting, and whether a flag, the environment, a file or a default has decided it')
  addSettings(command, common)
    .addOption(common.json())
    .action(async (options: { json?: boolean }) => {
      const { settings, origins } = settingsOf(command)
      const running: Record<string, unknown> = (await runningServer(settings.dataDir).catch(failBy))?.config ?? {}
      const all = Object.entries(settings).map(([name, value]) => {
        const { source, by } = origins[name as keyof typeof origins]
        const differs = Object.hasOwn(running, name) && JSON.stringify(running[name]) !== JSON.stringify(value)
        return { name, value, source, by, ...(differs && { running: running[name] }) }
      })
      const rows = all.map(({ name, value, source, by, ...more }) => [
        ...[name, said(value), by === null ? source : `${source} ${by}`],
        'running' in more ? `the server that runs has ${said(more.running)}` : '',
      ])
      print(options, { settings: all }, table(['setting', 'value', 'from', ''], rows, ''))
    })
}

const said = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
