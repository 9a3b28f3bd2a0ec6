import { Option, type Command } from 'commander'
import { migrateDirectory } from '../server/index.ts'
import { wholeNumber, type CommonOptions, type OwnerOptions } from './options.ts'
import { print } from './output.ts'
import { failBy } from './owner.ts'

/** `lanyard migrate …`: with the server stopped, which would find another schema under its feet. */
export function addMigrateCommands(program: Command, common: CommonOptions): void {
  const migrate = program
    .command('migrate')
    .description('bring the database to another version of its schema; it is copied into backups/ before')
  const command = (name: 'up' | 'down', about: string) =>
    migrate
      .command(name)
      .description(about)
      .addOption(new Option('--to <version>', 'the version').argParser(wholeNumber(0, 9_999)))
      .addOption(common.dataDir())
      .addOption(common.json())
      .action(async ({ to, ...options }: OwnerOptions & { to?: number }) => {
        const done = await migrateDirectory(options.dataDir, name, to).catch(failBy)
        print(
          options,
          done,
          done.from === done.to ? `it is at version ${done.to}\n` : `from version ${done.from} to ${done.to}\n`,
        )
      })
  command('up', 'to the latest version, as every start of the server does')
  command('down', 'one version back, for an older Lanyard; what the older one does not know is lost')
}
