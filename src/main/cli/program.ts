import { Command } from 'commander'
import { version } from '../server/version.ts'
import { addBackupCommand } from './backup.ts'
import { addCapacityCommand } from './capacity.ts'
import { addCertificateCommands } from './certificate.ts'
import { addConfigCommands } from './config.ts'
import { addDoctorCommand } from './doctor.ts'
import { addImportCommand } from './import.ts'
import { addInviteCommand } from './invite.ts'
import { addKeyCommands } from './key.ts'
import { addMemberCommands } from './member.ts'
import { addMigrateCommands } from './migrate.ts'
import { CommonOptions } from './options.ts'
import { fail } from './output.ts'
import { addRoomCommands } from './room.ts'
import { addServeCommand } from './serve.ts'
import { addSessionCommands } from './session.ts'
import { addTenantCommands } from './tenant.ts'

/** The program `lanyard`, for that environment. `webDir` is where the built interface lies. */
export function makeProgram(environment: Record<string, string | undefined>, webDir: string): Command {
  const program = new Command('lanyard')
    .description('Meetings that stay on your network')
    .version(version)
    .exitOverride((end) => process.exit(end.exitCode === 0 ? 0 : 2))
    .hook('preSubcommand', ({ args: [name = ''] }, command) => {
      // What is no command goes to the one that is called where none is named.
      if (command.name() === 'serve' && !['', 'serve'].includes(name) && !name.startsWith('-'))
        fail(`There is no command ${name}`, 'lanyard --help lists them', 2)
    })
  const common = new CommonOptions(environment)
  addServeCommand(program, common, webDir)
  addRoomCommands(program, common)
  addMemberCommands(program, common)
  addSessionCommands(program, common)
  addInviteCommand(program, common)
  addKeyCommands(program, common)
  addTenantCommands(program, common)
  addCertificateCommands(program, common)
  addBackupCommand(program, common)
  addImportCommand(program, common)
  addMigrateCommands(program, common)
  addCapacityCommand(program, common)
  addConfigCommands(program, common)
  addDoctorCommand(program, common)
  return program
}
