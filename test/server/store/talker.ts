/** Says things as fast as they are stored, and prints the client's id of each that is, until it is killed. Takes a file. */
import { randomUUID } from 'node:crypto'
import { silent } from '../../../src/main/server/log.ts'
import { insertMessage } from '../../../src/main/server/store/messages.ts'
import { insertRoom, roomById } from '../../../src/main/server/store/rooms.ts'
import { closeOpenSessions } from '../../../src/main/server/store/seats.ts'
import { openStore } from '../../../src/main/server/store/Store.ts'
import { aRoom } from './samples.ts'

const store = await openStore({ file: process.argv[2]!, log: silent })
if (store.setAside !== null) throw new Error(`${store.setAside} was set aside`)
await closeOpenSessions(store, new Date().toISOString())
if (!(await roomById(store, 'local', 'room'))) await insertRoom(store, aRoom(), () => 'ABC123')

const from = { userId: 'ada', peerId: 'seat', name: 'Ada' }
async function talk(): Promise<never> {
  for (;;) {
    const clientMessageId = randomUUID()
    await insertMessage(store, { roomId: 'room', from, clientMessageId, text: clientMessageId, sentAt: new Date().toISOString() })
    process.stdout.write(`${clientMessageId}\n`)
  }
}
await Promise.all(Array.from({ length: 20 }, talk))
