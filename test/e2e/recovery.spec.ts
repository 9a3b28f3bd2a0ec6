import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from './support/fixtures.ts'

/** The media workers: children of the server. */
function workersOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((child) => {
      try {
        const stat = readFileSync(`/proc/${child}/stat`, 'utf8')
        const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
        return Number(parent) === pid && readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('mediasoup-worker')
      } catch {
        return false
      }
    })
}

test('the server is killed and started again: both come back by themselves, and what was typed meanwhile arrives once', async ({
  server,
  person,
}) => {
  const ada = await person('Ada', { look: 'red' })
  const grace = await person('Grace', { look: 'green' })
  const code = await ada.createRoom(server.url, 'Standup')
  await grace.joinByCode(server.url, code)
  await ada.sees(grace, 'green')
  await grace.toggle('Chat').click()
  await ada.toggle('Chat').click()
  await ada.say('Before')
  await expect(grace.messages).toContainText('Before')

  await server.stop('SIGKILL')
  await expect(ada.page.getByText('Reconnecting')).toBeVisible()
  await ada.say('Meanwhile')
  await server.startAgain()

  await expect(grace.messages).toContainText('Meanwhile', { timeout: 20_000 })
  await expect(ada.page.getByText('Reconnecting')).toBeHidden()
  await ada.sees(grace, 'green')
  await grace.sees(ada, 'red')
  await grace.hears(ada, 'red')
  for (const { messages } of [ada, grace]) {
    await expect(messages.getByText('Before', { exact: true })).toHaveCount(1)
    await expect(messages.getByText('Meanwhile', { exact: true })).toHaveCount(1)
  }
})

test('a room that is asked for while the server is away opens when it is back', async ({ server, person }) => {
  const ada = await person('Ada', { look: null })
  const { page } = ada
  await ada.createRoom(server.url, 'Standup')
  await page.getByRole('button', { name: 'Leave' }).click()
  await server.stop('SIGKILL')
  await expect(page.getByText('The server does not answer')).toBeVisible()
  await page.getByRole('list', { name: 'Recent rooms' }).getByRole('link').click()
  await expect(page.getByRole('heading', { name: 'The server does not answer' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Back to the first screen' })).toBeVisible()
  await page.getByRole('button', { name: 'Try now' }).click()
  await expect(page.getByRole('heading', { name: 'The server does not answer' })).toBeVisible()
  await server.startAgain()
  await expect(page.getByRole('heading', { name: 'Ready to join?' })).toBeVisible()
})

test('the media worker is killed in a call: the chat goes on, and sound and pictures come back', async ({ server, person }) => {
  const ada = await person('Ada', { look: 'red' })
  const grace = await person('Grace', { look: 'green' })
  const code = await ada.createRoom(server.url, 'Standup')
  await grace.joinByCode(server.url, code)
  await ada.sees(grace, 'green')
  await ada.toggle('Chat').click()
  await grace.toggle('Chat').click()

  const workers = workersOf(server.pid)
  expect(workers.length).toBeGreaterThan(0)
  for (const worker of workers) process.kill(worker, 'SIGKILL')
  await ada.say('Still here?')
  await expect(grace.messages).toContainText('Still here?')
  await expect.poll(() => workersOf(server.pid).filter((worker) => !workers.includes(worker)).length).toBeGreaterThan(0)
  await ada.sees(grace, 'green')
  await grace.sees(ada, 'red')
  await ada.hears(grace, 'green')
})
