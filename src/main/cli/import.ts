import { readFileSync } from 'node:fs'
import { Option, type Command } from 'commander'
import { z } from 'zod'
import { IMPORTED_AT_ONCE, type Imported } from '../server/index.ts'
import { readDump, type DumpedRoom, type Remark } from './dump.ts'
import { read, type CommonOptions, type TenantOptions } from './options.ts'
import { fail, print } from './output.ts'
import { owning, type Owner } from './owner.ts'

/** Texts of one request together, in UTF-16 units, which keeps it below what the server takes. */
const TEXT_AT_ONCE = 100_000

const ImportedOne = z.object({ roomId: z.string(), isNew: z.boolean(), notes: z.array(z.string()) })
const Count = z.object({ imported: z.int(), unchanged: z.int() })

interface Report {
  rooms: Imported
  members: Imported
  messages: Imported
  /** With all that is in their rooms. */
  skipped: Remark[]
  /** What came along, but not as it was. */
  notes: Remark[]
}

/** `lanyard import` */
export function addImportCommand(program: Command, common: CommonOptions): void {
  program
    .command('import')
    .description('take over the rooms, members and messages of an older server; what came before stays as it is')
    .argument('<file>', 'its memory as JSON: see docs/import.md')
    .addOption(
      new Option('--from <name>', 'which server it was, where several are imported that have used the same ids')
        .argParser(read(z.string().max(64)))
        .default(''),
    )
    .addOption(common.tenant())
    .addOption(common.dataDir())
    .addOption(common.json())
    .action(async (file: string, options: TenantOptions & { from: string }) => {
      const { rooms, faults, notes } = readDump(jsonOf(file), { from: options.from, now: new Date() })
      const none = { imported: 0, unchanged: 0 }
      const report: Report = { rooms: { ...none }, members: { ...none }, messages: { ...none }, skipped: faults, notes }
      if (rooms.length > 0) {
        await owning(
          options,
          async (owner) => {
            for (const room of rooms) await bring(owner, options.tenant, room, report)
          },
          { mayMake: true },
        )
      }
      print(options, report, linesOf(report))
      // Some of it may be there; whoever calls must know that not all is.
      if (faults.length > 0) process.exitCode = 1
    })
}

async function bring(owner: Owner, tenant: string, { path, room, members, messages }: DumpedRoom, report: Report): Promise<void> {
  const { roomId, isNew, notes } = await owner.post('/owner/import/rooms', ImportedOne, { tenant, body: room })
  add(report.rooms, { imported: isNew ? 1 : 0, unchanged: isNew ? 0 : 1 })
  report.notes.push(...notes.map((reason) => ({ path, reason })))
  const url = `/owner/import/rooms/${roomId}`
  for (const some of inParts(members, ({ name }) => name.length))
    add(report.members, await owner.post(`${url}/members`, Count, { tenant, body: { members: some } }))
  for (const some of inParts(messages, ({ text }) => text.length))
    add(report.messages, await owner.post(`${url}/messages`, Count, { tenant, body: { messages: some } }))
}

function* inParts<T>(all: readonly T[], sizeOf: (one: T) => number): Generator<T[]> {
  let part: T[] = []
  let size = 0
  for (const one of all) {
    if (part.length === IMPORTED_AT_ONCE || (part.length > 0 && size + sizeOf(one) > TEXT_AT_ONCE)) {
      yield part
      part = []
      size = 0
    }
    part.push(one)
    size += sizeOf(one)
  }
  if (part.length > 0) yield part
}

function add(sum: Imported, { imported, unchanged }: Imported): void {
  sum.imported += imported
  sum.unchanged += unchanged
}

function jsonOf(file: string): unknown {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    return fail(`The file ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`)
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    return fail(`The file ${file} is no JSON: ${(error as Error).message}`)
  }
}

function linesOf({ skipped, notes, ...counts }: Report): string {
  const lines = Object.entries(counts).map(
    ([what, { imported, unchanged }]: [string, Imported]) => `${what}: ${imported} imported, ${unchanged} unchanged`,
  )
  lines.push(...notes.map(({ path, reason }) => `note: ${path}: ${reason}`))
  lines.push(...skipped.map(({ path, reason }) => `skipped: ${path}: ${reason}`))
  return lines.map((line) => `${line}\n`).join('')
}
