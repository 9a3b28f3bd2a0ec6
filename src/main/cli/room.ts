import { readFileSync } from 'node:fs'
import { Option, type Command } from 'commander'
import { z } from 'zod'
import { formatJoinCode } from '../../shared/joinCode.ts'
import { Description, Room, RoomName, RoomSettings } from '../../shared/model.ts'
import { read, wholeNumber, type CommonOptions, type TenantOptions } from './options.ts'
import { fail, print, table } from './output.ts'
import { owning, part, type Owner } from './owner.ts'

const Page = z.object({ rooms: z.array(Room), cursor: z.string().nullable() })
const PER_PAGE = 200

interface NewRoom {
  slug?: string
  description?: string
  private?: boolean
  lobby?: boolean
  passwordFile?: string
  maxPeers?: number
  emptyTtl?: number
  topology?: RoomSettings['topology']
}

/** `lanyard room …` */
export function addRoomCommands(program: Command, common: CommonOptions): void {
  const room = program.command('room').description('the rooms that are kept here')
  const command = (name: string, about: string) =>
    room.command(name).description(about).addOption(common.tenant()).addOption(common.dataDir()).addOption(common.json())
  const ref = ['<room>', 'its id, slug or join code'] as const

  command('list', 'show all rooms, private and ended ones too')
    .option('--query <text>', 'part of the name')
    .action(async ({ query, ...options }: TenantOptions & { query?: string }) => {
      const rooms = await owning(options, (owner) => all(owner, options.tenant, query))
      const rows = rooms.map(({ joinCode, name, state, present, visibility, closed, id }) => [
        ...[formatJoinCode(joinCode), name, closed ? 'ended' : state, `${present}`, visibility, id],
      ])
      print(options, { rooms }, table(['code', 'name', 'state', 'present', 'visibility', 'id'], rows, 'There are no rooms'))
    })

  command('show', 'show all that is set of a room')
    .argument(...ref)
    .action(async (ref: string, options: TenantOptions) => {
      const room = await owning(options, (owner) => owner.get(`/api/v1/rooms/${part(ref)}`, Room, options))
      print(options, { room }, linesOf(room))
    })

  command('create', 'make a room; it has no host, so members that lead it are added with `member add`')
    .argument('<name>', 'what people see', read(RoomName))
    .addOption(new Option('--slug <name>', 'a name for its link').argParser(read(RoomSettings.shape.slug.unwrap().unwrap())))
    .addOption(new Option('--description <text>', 'what it is for').argParser(read(Description)))
    .option('--private', 'not in the list; joined by code or link')
    .option('--lobby', 'people wait until they are admitted')
    .option('--password-file <file>', 'the first line of a file is its password')
    .addOption(new Option('--max-peers <number>', 'places; 0 is unlimited').argParser(wholeNumber(0, 10_000)))
    .addOption(
      new Option('--empty-ttl <seconds>', 'how long it is kept when it is empty; for good where this is not given').argParser(
        wholeNumber(0, 366 * 86_400),
      ),
    )
    .addOption(new Option('--topology <way>', 'how media goes').choices(['sfu', 'mesh', 'auto']))
    .action(async (name: string, options: TenantOptions & NewRoom) => {
      const settings = settingsOf(name, options)
      const asked = { tenant: options.tenant, body: settings }
      const room = await owning(options, (owner) => owner.post('/api/v1/rooms', Room, asked), { mayMake: true })
      print(options, { room }, linesOf(room))
    })

  command('delete', 'delete a room with its chat and members; a call in it ends')
    .argument(...ref)
    .action(async (ref: string, options: TenantOptions) => {
      const { id, name } = await owning(options, async (owner) => {
        const found = await owner.get(`/api/v1/rooms/${part(ref)}`, Room, options)
        await owner.request('DELETE', `/api/v1/rooms/${found.id}`, options)
        return found
      })
      print(options, { deleted: id }, `deleted ${name} (${id})\n`)
    })
}

async function all(owner: Owner, tenant: string, query: string | undefined): Promise<Room[]> {
  const rooms: Room[] = []
  let cursor: string | null = null
  do {
    const wanted = new URLSearchParams({
      limit: `${PER_PAGE}`,
      ...(query !== undefined && { query }),
      ...(cursor !== null && { cursor }),
    })
    const page: z.output<typeof Page> = await owner.get(`/api/v1/rooms?${wanted.toString()}`, Page, { tenant })
    rooms.push(...page.rooms)
    cursor = page.cursor
  } while (cursor !== null)
  return rooms
}

function settingsOf(name: string, { slug, description, maxPeers, emptyTtl, topology, ...options }: NewRoom): RoomSettings {
  const { passwordFile } = options
  return {
    ...{ name, slug, description, maxPeers, emptyTtl, topology },
    ...(options.private && { visibility: 'private' }),
    ...(options.lobby && { admission: 'lobby' }),
    ...(passwordFile !== undefined && { password: firstLineOf(passwordFile) }),
  }
}

function firstLineOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/)[0] ?? ''
  } catch (error) {
    return fail(`The file ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`)
  }
}

/** What is set of a room, a line each. */
function linesOf({ joinCode, hasPassword, host, mediaLimits, metadata, schedule, ...room }: Room): string {
  const shown = {
    ...{ name: room.name, code: formatJoinCode(joinCode), id: room.id, slug: room.slug, description: room.description },
    ...{ state: room.closed ? 'ended' : room.state, present: room.present, host: host && `${host.name} (${host.userId})` },
    ...{ visibility: room.visibility, admission: room.admission, locked: room.locked, password: hasPassword },
    ...{ maxPeers: room.maxPeers, emptyTtl: room.emptyTtl, topology: room.topology, timeZone: room.timeZone },
    ...{
      schedule: schedule && JSON.stringify(schedule),
      mediaLimits: JSON.stringify(mediaLimits),
      metadata: JSON.stringify(metadata),
    },
    ...{ created: room.createdAt, updated: room.updatedAt },
  }
  const rows = Object.entries(shown).filter(([, value]) => value !== null && value !== '')
  const width = Math.max(...rows.map(([name]) => name.length))
  const said = (value: unknown) => (typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value))
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${said(value).replaceAll('\n', ' ')}\n`).join('')
}
