import { whyNoNetworks } from '../support/lan/Network.ts'
import { expect, test } from './support/fixtures.ts'
import { launchNeighbour, nameServer, takes } from './support/neighbour.ts'

test.skip(whyNoNetworks !== null, whyNoNetworks ?? '')

test('F60: B meets A by six words, joins by a click, and is back after the cable was pulled and after A has moved', async ({
  makeNetwork,
}) => {
  const network = await makeNetwork()
  const machineA = await network.machine('A', { addresses: ['10.77.0.1/24'] })
  const machineB = await network.machine('B', { addresses: ['10.77.0.2/24'] })
  const ada = await launchNeighbour('Ada', 'red', machineA)
  // Which leads nowhere: what is on this network is not asked for by way of it.
  const proxy = 'http://10.77.0.99:3128'
  const bo = await launchNeighbour('Bo', 'green', machineB, { env: { http_proxy: proxy, https_proxy: proxy, all_proxy: proxy } })
  await nameServer(ada.desktop, 'Ada’s laptop')
  const { page } = bo.desktop
  const rooms = page.getByRole('list', { name: 'Rooms on this network' }).getByRole('link')

  let words: string[] = []

  await test.step('B sees A by its name within 3 s of hosting, and none of its rooms', async () => {
    const meet = page.getByRole('list', { name: 'Servers nearby' }).getByRole('button', { name: 'Meet Ada’s laptop' })
    await ada.desktop.page.getByRole('button', { name: 'Host a meeting' }).click()
    await expect.poll(async () => (await ada.desktop.probe()).hosting.status, { intervals: [50] }).toBe('on')
    const since = performance.now()
    await expect(meet).toBeVisible({ timeout: 3_000 })
    takes('seen after hosting', since)
    await ada.desktop.page.getByRole('textbox', { name: 'Room name' }).fill('Kitchen')
    // Behind the form.
    const own = ada.desktop.page.getByRole('list', { name: 'Words to compare', includeHidden: true })
    words = await own.getByRole('listitem', { includeHidden: true }).allTextContents()
    await ada.desktop.page.getByRole('button', { name: 'Create room' }).click()
    await ada.person.joinNow()
    await expect(rooms).toHaveCount(0)
    await meet.click()
  })

  await test.step('the words on both screens are the same; once they are compared, B sees the rooms with state and people', async () => {
    const dialog = page.getByRole('dialog', { name: 'First meeting with Ada’s laptop' })
    expect(words).toHaveLength(6)
    await expect(dialog.getByRole('list', { name: 'Words to compare' }).getByRole('listitem')).toHaveText(words)
    await expect(rooms).toHaveCount(0)
    await dialog.getByRole('button', { name: 'They match' }).click()
    await expect(rooms).toHaveCount(1)
    await expect(rooms).toContainText('Kitchen')
    await expect(rooms).toContainText('1 person')
  })

  await test.step('B joins by a click; they see, hear and read each other', async () => {
    await bo.desktop.moves(() => rooms.click())
    await bo.person.joinNow()
    await bo.person.sees(ada.person, 'red')
    await ada.person.sees(bo.person, 'green')
    await bo.person.hears(ada.person, 'red')
    await ada.person.hears(bo.person, 'green')
    for (const { person } of [ada, bo]) await person.toggle('Chat').click()
    await ada.person.say('Welcome')
    await expect(bo.person.messages).toContainText('Welcome')
  })

  const reconnecting = bo.desktop.page.getByText('Reconnecting')

  await test.step('A’s cable is pulled and returns: B is back by itself, and what was typed meanwhile has come once', async () => {
    await machineA.plugOut()
    await expect(reconnecting).toBeVisible({ timeout: 20_000 })
    await bo.person.say('Are you there?')
    await machineA.plugIn()
    const since = performance.now()
    await expect(reconnecting).toBeHidden({ timeout: 20_000 })
    takes('connected after the cable is back', since)
    await bo.person.seesMoving(ada.person)
    takes('picture after the cable is back', since)
    await bo.person.hears(ada.person, 'red')
    await ada.person.seesMoving(bo.person)
    await expect(ada.person.messages.getByText('Are you there?')).toHaveCount(1)
    await expect(bo.person.messages.getByText('Are you there?')).toHaveCount(1)
  })

  await test.step('A’s address changes: B finds A again by its certificate, and the call goes on', async () => {
    const dialled = bo.desktop.page.waitForEvent('websocket', {
      predicate: (socket) => new URL(socket.url()).hostname === '10.77.0.9',
      timeout: 30_000,
    })
    const since = performance.now()
    await machineA.changeAddresses(['10.77.0.9/24'])
    await bo.person.say('You have moved')
    const socket = await dialled
    await socket.waitForEvent('framereceived', ({ payload }) => payload.includes('welcome'))
    // A dead connection alone would be noticed after 15 s.
    expect(takes('connected after the move', since)).toBeLessThan(10_000)
    const back = performance.now()
    await bo.person.seesMoving(ada.person)
    expect(takes('picture after the connection', back)).toBeLessThan(5_000)
    await bo.person.hears(ada.person, 'red')
    await ada.person.seesMoving(bo.person)
    await expect(ada.person.messages.getByText('You have moved')).toHaveCount(1)
  })
})
