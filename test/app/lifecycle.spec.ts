import { join } from 'node:path'
import Database from 'better-sqlite3'
import { alive, describe } from './support/processes.ts'
import { Desktop, expect, test } from './support/fixtures.ts'

/** `npm run test:app` takes a few; 50 is the size that counts (LANYARD_ROUNDS=50). */
const ROUNDS = Number(process.env['LANYARD_ROUNDS'] ?? 8)

/** How far hosting has come when the end comes. */
const moments = {
  'before hosting': async () => {},
  'while it starts': async ({ page }: Desktop) => {
    void page.evaluate(() => window.lanyard!.startHosting({})).catch(() => {})
    await expect.poll(() => page.evaluate(() => window.lanyard!.getHosting({}))).not.toMatchObject({ value: { status: 'off' } })
  },
  'while it is on': async ({ page }: Desktop) => {
    await page.evaluate(() => window.lanyard!.startHosting({}))
  },
  'after its crash': async (desktop: Desktop) => {
    await desktop.page.evaluate(() => window.lanyard!.startHosting({}))
    process.kill((await desktop.probe()).serverPid!, 'SIGKILL')
    await expect.poll(async () => (await desktop.probe()).hosting.status).not.toBe('on')
  },
  'while it stops': async ({ page }: Desktop) => {
    await page.evaluate(() => window.lanyard!.startHosting({}))
    void page.evaluate(() => window.lanyard!.stopHosting({})).catch(() => {})
  },
}

/** How the end comes. */
const ends = {
  quit: (desktop: Desktop) => desktop.quit(),
  SIGTERM: async (desktop: Desktop) => {
    process.kill(desktop.pid, 'SIGTERM')
    await desktop.ended
  },
  SIGKILL: (desktop: Desktop) => desktop.kill(),
}

const all = Object.keys(moments).flatMap((moment) => Object.keys(ends).map((end) => ({ moment, end })))

for (let round = 0; round < ROUNDS; round += 1) {
  // Seven is prime to their number, so that a few rounds are spread over all of them.
  const { moment, end } = all[(round * 7) % all.length]!
  test(`nothing is left behind: ${end} ${moment} (round ${round + 1})`, async ({ userData }) => {
    const desktop = await Desktop.launch({ userData })
    await moments[moment as keyof typeof moments](desktop)
    desktop.processes()
    await ends[end as keyof typeof ends](desktop)
    await expect.poll(() => alive(desktop.processes()).map(describe), { message: 'no process is left' }).toEqual([])
    if (moment === 'before hosting') return
    // One that was just being started is not known by then, and ends when it finds that it is alone.
    await expect.poll(() => isFree(join(userData, 'server', 'lock')), { message: 'nobody has the data' }).toBe(true)
  })
}

function isFree(file: string): boolean {
  const lock = new Database(file, { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
    return true
  } catch (error) {
    if ((error as { code?: string }).code === 'SQLITE_BUSY') return false
    throw error
  } finally {
    lock.close()
  }
}
