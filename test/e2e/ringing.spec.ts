import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lookOfPicture, lookOfSound, type Look } from '../support/looks.ts'
import { serve, type ServedProcess } from '../support/serve.ts'
import type { Locator } from '@playwright/test'
import { findsNothing } from './support/axe.ts'
import { expect, test as base } from './support/fixtures.ts'
import { outsider } from './support/outsider.ts'
import type { Person } from './support/Person.ts'

const test = base.extend<{ callServer: ServedProcess }>({
  // A server on which people call each other outside of rooms, too.
  callServer: async ({}, use) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'lanyard-e2e-'))
    const server = await serve(dataDir, { entry: join(import.meta.dirname, 'support/callServer.ts') })
    await use(server)
    await server.stop('SIGKILL')
    await rm(dataDir, { recursive: true, force: true })
  },
})

const directCall = ({ page }: Person) => page.getByRole('region', { name: 'Direct call' })
const incoming = ({ page }: Person, name: string) => page.getByRole('alertdialog', { name: `${name} calls you` })

/** Into the room for its chat alone: what is heard and seen then comes directly. */
async function joinForChat({ page, name }: Person, url: string, code: string): Promise<void> {
  await page.goto(`${url}/?room=${code}&username=${name}`)
  await page.getByRole('button', { name: 'Join for chat only' }).click()
  await expect(page.getByRole('region', { name: 'Call' })).toBeVisible()
  await page.getByRole('button', { name: 'People' }).click()
}

/** Makes a room from outside of it, in which nobody is. */
async function makeRoom(url: string): Promise<string> {
  const other = await outsider(url)
  const { room } = await other.request('createRoom', { name: 'Standup' })
  other.close()
  return room.joinCode
}

async function ring({ page }: Person, name: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${name}` }).click()
  await page.getByRole('menuitem', { name: `Ring ${name}` }).click()
}

/** Waits until someone is heard directly, as their microphone plays. */
async function hearsDirectly(person: Person, look: Look): Promise<void> {
  await expect
    .poll(() => lookOfSound(directCall(person).locator('audio[data-source="microphone"]')), {
      message: `${person.name} hears ${look}`,
      timeout: 20_000,
    })
    .toBe(look)
}

async function seesDirectly(person: Person, look: Look | null): Promise<void> {
  await expect
    .poll(() => lookOfPicture(directCall(person).locator('video[data-source="camera"]')), {
      message: `${person.name} sees ${look}`,
      timeout: 20_000,
    })
    .toBe(look)
}

test('F45: one is present without calling, for the chat alone, and joins the call later', async ({ server, person }) => {
  const code = await makeRoom(server.url)
  const watcher = await outsider(server.url)
  const stateOf = async () => (await watcher.request('findRoom', { roomId: code })).room.state
  const [ada, grace] = [await person('Ada', { look: 'red' }), await person('Grace', { look: 'green' })]
  for (const one of [ada, grace]) await joinForChat(one, server.url, code)
  await expect(ada.figure('Grace')).toBeVisible()
  for (const name of ['Microphone', 'Camera'] as const) await expect(ada.toggle(name)).toHaveAttribute('aria-pressed', 'false')
  expect(await stateOf()).toBe('ACTIVE')
  await ada.toggle('Chat').click()
  await ada.say('I only write')
  await grace.toggle('Chat').click()
  await expect(grace.messages).toContainText('I only write')
  await findsNothing(ada.page, 'for the chat')
  await ada.page.getByRole('button', { name: 'Join the call' }).click()
  await expect(ada.toggle('Microphone')).toHaveAttribute('aria-pressed', 'true')
  await expect(ada.page.getByText('You are here for the chat')).toHaveCount(0)
  await grace.hears(ada, 'red')
  await grace.toggle('Microphone').click()
  await ada.hears(grace, 'green')
  await expect.poll(stateOf).toBe('IN_CALL')
  watcher.close()
})

test('F45: one rings a member from the list, who accepts; they hear and see each other directly, and the room does not', async ({
  server,
  person,
}) => {
  const code = await makeRoom(server.url)
  const [ada, grace, lin] = [
    await person('Ada', { look: 'red' }),
    await person('Grace', { look: 'green' }),
    await person('Lin', { look: null }),
  ]
  for (const one of [ada, grace, lin]) await joinForChat(one, server.url, code)

  await test.step('ringing', async () => {
    await ring(ada, 'Grace')
    await expect(directCall(ada).getByRole('status')).toHaveText('Ringing…')
    await expect(incoming(grace, 'Ada')).toBeFocused()
    await expect(incoming(grace, 'Ada')).toHaveAccessibleDescription(/Only those in the call hear you, not the room/)
    await findsNothing(ada.page, 'ringing')
    await findsNothing(grace.page, 'being rung')
    await grace.page.getByRole('button', { name: 'Silence' }).click()
    await expect(grace.page.getByRole('button', { name: 'Silence' })).toHaveCount(0)
  })

  await test.step('talking', async () => {
    await grace.page.getByRole('button', { name: 'Accept' }).click()
    await expect(incoming(grace, 'Ada')).toHaveCount(0)
    await Promise.all([hearsDirectly(ada, 'green'), hearsDirectly(grace, 'red')])
    await ada.page.getByRole('button', { name: 'Video' }).click()
    await grace.page.getByRole('button', { name: 'Video' }).click()
    await Promise.all([seesDirectly(ada, 'green'), seesDirectly(grace, 'red')])
    await findsNothing(ada.page, 'talking')
  })

  await test.step('on a narrow window, the call covers neither who is in it nor what the room says', async () => {
    await ada.page.setViewportSize({ width: 400, height: 800 })
    await ada.page.getByRole('button', { name: 'Hide panel' }).click()
    const below = async (upper: Locator, lower: Locator) => {
      const [above, under] = await Promise.all([upper.boundingBox(), lower.boundingBox()])
      return above && under ? under.y - above.y - above.height : null
    }
    const notice = ada.page.getByText('You are here for the chat')
    await expect.poll(() => below(notice, directCall(ada))).toBeGreaterThan(0)
    for (const name of ['Ada', 'Grace', 'Lin'])
      await expect.poll(() => below(directCall(ada), ada.figure(name))).toBeGreaterThanOrEqual(0)
    await findsNothing(ada.page, 'talking on a narrow window')
    await ada.page.setViewportSize({ width: 1280, height: 800 })
  })

  await test.step('the room is told nothing of it', async () => {
    for (const name of ['Microphone', 'Camera'] as const) await expect(ada.toggle(name)).toHaveAttribute('aria-pressed', 'false')
    await expect(lin.page.locator('audio, video')).toHaveCount(0)
    await expect(directCall(lin)).toHaveCount(0)
  })

  await test.step('switching off', async () => {
    await ada.page.getByRole('button', { name: 'Video' }).click()
    await expect(directCall(grace).locator('video[data-source="camera"]')).toHaveCount(0)
    await ada.page.getByRole('button', { name: 'Voice' }).click()
    await expect(directCall(grace).getByRole('listitem')).toContainText('muted')
    await expect(directCall(grace).locator('audio')).toHaveCount(0)
  })

  await test.step('the room beside it', async () => {
    await grace.toggle('Microphone').click()
    await expect(directCall(grace)).toContainText('The room hears you, too.')
    await lin.hears(grace, 'green')
    await grace.page.getByRole('button', { name: 'Mute for the room' }).click()
    await expect(grace.toggle('Microphone')).toHaveAttribute('aria-pressed', 'false')
    await hearsDirectly(ada, 'green')
  })

  await test.step('over', async () => {
    await grace.page.getByRole('button', { name: 'Hang up' }).click()
    await expect(directCall(grace)).toHaveCount(0)
    await expect(ada.page.getByText('The call with Grace has ended.')).toBeVisible()
    await ada.page.getByRole('button', { name: 'Got it' }).click()
    await expect(ada.page.getByText('The call with Grace has ended.')).toHaveCount(0)
  })
})

test('F45: several are rung at once: one accepts, one declines, one is busy, one misses it and calls back', async ({
  callServer: { ready },
  person,
}) => {
  const code = await makeRoom(ready.url)
  const ada = await person('Ada', { look: 'red' })
  const grace = await person('Grace', { look: 'green' })
  await joinForChat(ada, ready.url, code)
  await joinForChat(grace, ready.url, code)
  const others = await Promise.all(
    ['Kim', 'Lin', 'Sam'].map(async (name) => {
      const other = await outsider(ready.url)
      const joined = await other.request('joinRoom', { joinCode: code, name })
      if (joined.status !== 'joined') throw new Error(`${name} has no seat`)
      return { ...other, id: joined.self.peerId }
    }),
  )
  const [kim, lin, sam] = others as [(typeof others)[0], (typeof others)[0], (typeof others)[0]]
  kim.on('ringing', ({ call }) => void kim.request('answerRing', { callId: call.callId, accept: false }))

  await test.step('declined', async () => {
    await ring(ada, 'Kim')
    await expect(ada.page.getByText('Kim declined the call.')).toBeVisible()
    await ada.page.getByRole('button', { name: 'Ring again' }).click()
    await expect(ada.page.getByText('Kim declined the call.')).toBeVisible()
  })

  await test.step('several', async () => {
    sam.on('ringing', ({ call }) => void sam.request('answerRing', { callId: call.callId, accept: true }))
    await lin.request('ring', { to: [sam.id] })
    await ada.page.getByRole('button', { name: 'Ring several…' }).click()
    const dialog = ada.page.getByRole('dialog', { name: 'Ring several' })
    await expect(dialog).toHaveAccessibleDescription(/Only those in the call hear you\.$/)
    await dialog.getByRole('button', { name: 'Ring them' }).click()
    await expect(dialog.getByText('Choose whom to ring.')).toBeVisible()
    for (const name of ['Grace', 'Kim', 'Sam']) await dialog.getByRole('checkbox', { name }).check()
    await findsNothing(ada.page, 'ring several')
    await dialog.getByRole('button', { name: 'Ring 3 people' }).click()
    await grace.page.getByRole('button', { name: 'Accept' }).click()
    const parties = directCall(ada).getByRole('list')
    await expect(parties.getByRole('listitem').filter({ hasText: 'Kim' })).toContainText('Declined')
    await expect(parties.getByRole('listitem').filter({ hasText: 'Sam' })).toContainText('In another call')
    await Promise.all([hearsDirectly(ada, 'green'), hearsDirectly(grace, 'red')])
    await ada.page.getByRole('button', { name: 'Hang up' }).click()
    await grace.page.getByRole('button', { name: 'Got it' }).click()
  })

  await test.step('missed, and called back', async () => {
    await ring(ada, 'Grace')
    await expect(incoming(grace, 'Ada')).toBeVisible()
    await expect(ada.page.getByText('Grace did not answer.')).toBeVisible()
    await expect(incoming(grace, 'Ada')).toHaveCount(0)
    await expect(grace.page.getByText('You missed a call from Ada')).toBeVisible()
    await findsNothing(grace.page, 'missed')
    await grace.page.getByRole('button', { name: 'Call back' }).click()
    await ada.page.getByRole('button', { name: 'Decline' }).click()
    await expect(grace.page.getByText('Ada declined the call.')).toBeVisible()
    await expect(grace.page.getByText('You missed a call from Ada')).toHaveCount(0)
  })

  await test.step('taken back', async () => {
    await ring(ada, 'Grace')
    await expect(incoming(grace, 'Ada')).toBeVisible()
    await ada.page.getByRole('button', { name: 'Cancel' }).click()
    await expect(incoming(grace, 'Ada')).toHaveCount(0)
    await expect(grace.page.getByText('You missed a call from Ada')).toBeVisible()
  })
  for (const other of others) other.close()
})

test('F45: two calls go on in one room at once, and each hears of its own', async ({ server, person }) => {
  test.slow()
  const code = await makeRoom(server.url)
  const looks = { Ada: 'red', Grace: 'green', Lin: 'blue', Sam: 'red' } as const
  const people = []
  for (const [name, look] of Object.entries(looks)) {
    const one = await person(name, { look })
    await joinForChat(one, server.url, code)
    people.push(one)
  }
  const [ada, grace, lin, sam] = people as [Person, Person, Person, Person]
  await ring(ada, 'Grace')
  await grace.page.getByRole('button', { name: 'Accept' }).click()
  await ring(lin, 'Sam')
  await sam.page.getByRole('button', { name: 'Accept' }).click()
  await hearsDirectly(ada, 'green')
  await hearsDirectly(grace, 'red')
  await hearsDirectly(lin, 'red')
  await hearsDirectly(sam, 'blue')
  for (const one of people) await expect(directCall(one).getByRole('listitem')).toHaveCount(1)
  await ring(ada, 'Lin')
  await expect(ada.page.getByText('You are in a call already; hang up first')).toBeVisible()
  await ada.page.getByRole('button', { name: 'Hang up' }).click()
  await expect(grace.page.getByText('The call with Ada has ended.')).toBeVisible()
  await hearsDirectly(sam, 'blue')
})

test('F45: people who are connected call each other without a room, where the server allows it; F31: directly', async ({
  callServer,
  person,
}) => {
  const { url } = callServer.ready
  const [ada, grace] = [await person('Ada', { look: 'red' }), await person('Grace', { look: 'blue' })]
  const list = ({ page }: Person) => page.getByRole('list', { name: 'People on this server' })
  for (const { page, name } of [ada, grace]) {
    await page.goto(url)
    await page.getByRole('textbox', { name: 'Your name' }).fill(name)
    await expect(page.getByRole('list', { name: 'People on this server' })).toHaveCount(0)
    await page.getByRole('checkbox', { name: 'Let people on this server ring me' }).check()
  }
  await expect(list(ada).getByRole('listitem')).toHaveText(/Grace/)
  await findsNothing(ada.page, 'people on this server')
  await ada.page.getByRole('button', { name: 'Ring Grace' }).click()
  await expect(incoming(grace, 'Ada')).toBeVisible()
  await findsNothing(grace.page, 'being rung without a room')
  await grace.page.getByRole('button', { name: 'Accept' }).click()
  await Promise.all([hearsDirectly(ada, 'blue'), hearsDirectly(grace, 'red')])
  await ada.page.getByRole('button', { name: 'Video' }).click()
  await seesDirectly(grace, 'red')
  await findsNothing(grace.page, 'talking without a room')
  await callServer.stop('SIGKILL')
  for (const [one, other] of [
    [ada, 'Grace'],
    [grace, 'Ada'],
  ] as const)
    await expect(one.page.getByText(`The call with ${other} has ended: the connection to the server was lost.`)).toBeVisible()
})

test('F45: where the server does not allow calls without a room, nobody is asked for it', async ({ server, person }) => {
  const { page } = await person('Ada', { look: null })
  await page.goto(server.url)
  await expect(page.getByText('No rooms yet.')).toBeVisible()
  await expect(page.getByText('People on this server')).toHaveCount(0)
})
