import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, inject, test } from 'vitest'
import { asking, makeKeys } from '../support/api.ts'
import { Client } from '../support/Client.ts'
import { RoomChanger } from '../support/RoomChanger.ts'
import { startProcess, temporaryDirectory } from '../support/server.ts'
import { newSession, texts } from '../support/sessions.ts'
import { seededRandom } from '../support/random.ts'
import { until } from '../support/until.ts'

const ROUNDS = inject('long') ? 500 : 25
const SEED = 20_261_121

/** Rooms whose audit does not tell all that was done to them: a change is stored together with who made it, or not at all. */
const UNNOTED = `
  WITH noted AS (
    SELECT room_id AS id, sum(act = 'roomCreated') AS made, sum(act = 'roomChanged') AS changed, sum(act = 'roomDeleted') AS deleted,
      sum(act = 'memberAdded') - sum(act = 'memberRemoved') AS members
    FROM audit GROUP BY room_id)
  SELECT id, version, made, changed, deleted, members FROM rooms FULL JOIN noted USING (id)
  WHERE rooms.rowid IS NULL AND deleted IS NOT 1
    OR rooms.rowid IS NOT NULL AND (made IS NOT 1 OR changed IS NOT version - 1 OR deleted IS NOT 0
      OR members IS NOT (SELECT count(*) FROM room_members WHERE room_id = rooms.id AND role <> 'host'))`

// Killed in the middle of a conversation, again and again, on the same directory.
test(
  `R2: killed ${ROUNDS} times at random moments (seed ${SEED}), the server loses no message and no change of a room, and keeps nobody who is gone`,
  { timeout: ROUNDS * 8_000 },
  async () => {
    const random = seededRandom(SEED)
    const dataDir = await temporaryDirectory()
    const [key] = await makeKeys(dataDir, ['local'])
    let server = await startProcess(dataDir)
    const port = Number(new URL(server.ready.url).port)
    const sessions = ['Ada', 'Ben', 'Eve'].map(() => newSession(server.ready.url))
    const [first] = sessions
    const { room } = await first!.createRoom({ name: 'Standup' })
    await Promise.all(sessions.map((session, i) => session.join({ roomRef: room.id, name: `Person ${i}` })))
    const ask = asking(server.ready.url, key!)
    const changers = ['North', 'South'].map((prefix, i) => new RoomChanger(ask, seededRandom(SEED + i), prefix))

    const said: string[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      // Some come for a moment, or for good, and none of them returns.
      for (const stays of [true, false]) void visit(server.ready.url, room.id, stays).catch(() => {})
      // Everyone talks on while the server is killed: some messages are unsent, some on the way, some stored and not yet answered.
      let talking = true
      const talk = sessions.map(async (session, i) => {
        for (let n = 0; talking; n += 1) {
          const text = `${round}.${i}.${n}`
          said.push(text)
          session.sendChat(text)
          await pause(2 + random() * 10)
        }
      })
      // One change after the other, until one is not answered any more.
      const changing = Promise.allSettled(
        changers.map(async (changer) => {
          while (talking) await changer.change()
        }),
      )
      await pause(random() * 250)
      const ended = server.stop('SIGKILL')
      await pause(random() * 30)
      talking = false
      await Promise.all([ended, ...talk])
      // No answer is all that may have gone wrong, which fetch says with a TypeError.
      for (const change of await changing) if (change.status === 'rejected') expect(change.reason).toBeInstanceOf(TypeError)
      server = await startProcess(dataDir, port)
      for (const session of sessions) {
        await until(
          session,
          () =>
            session.state.status === 'joined' &&
            session.messages.length === said.length &&
            session.messages.every(({ delivery }) => delivery === 'sent'),
        )
      }
      for (const changer of changers) expect(await changer.faults(), `round ${round}`).toEqual([])
      expect((await ask('GET', `/rooms/${room.id}`)).body, `round ${round}`).toMatchObject({ present: sessions.length })
    }
    for (const changer of changers) expect(changer.answered).toBeGreaterThan(ROUNDS)

    const views = sessions.map(texts)
    for (const view of views) expect(view).toEqual(views[0])
    expect([...views[0]!].sort()).toEqual([...said].sort())
    // In the order in which each one said it.
    for (const i of sessions.keys()) {
      const mine = (text: string) => text.split('.')[1] === `${i}`
      expect(views[0]!.filter(mine)).toEqual(said.filter(mine))
    }

    for (const session of sessions) session.close()
    expect((await server.stop('SIGTERM')).code).toBe(0)
    const db = new Database(join(dataDir, 'lanyard.db'), { readonly: true })
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(db.pragma('foreign_key_check')).toEqual([])
    expect(db.prepare(UNNOTED).all()).toEqual([])
    expect(db.prepare('SELECT text FROM messages ORDER BY id').pluck().all()).toEqual(views[0])
    expect(db.prepare('SELECT count(*) FROM sessions WHERE disconnected_at IS NULL').pluck().get()).toBe(0)
    expect(db.prepare('SELECT count(*) FROM presence').pluck().get()).toBe(0)
    db.close()
  },
)

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Someone who comes, and stays until the server ends, or leaves at once. */
async function visit(url: string, roomId: string, stays: boolean): Promise<void> {
  const client = await Client.connect(url)
  await client.join({ roomId, name: 'Visitor' })
  if (!stays) await client.request('leaveRoom', {})
}
