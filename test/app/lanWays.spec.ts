import { readRoomLink, writeAppLink } from '../../src/shared/roomLink.ts'
import { whyNoNetworks } from '../support/lan/Network.ts'
import { expect, test } from './support/fixtures.ts'
import { launchNeighbour, nameServer, takes } from './support/neighbour.ts'

test.skip(whyNoNetworks !== null, whyNoNetworks ?? '')

test('F61: B comes to A by code and by link, also as the first thing that it ever does, and sees when A is gone', async ({
  makeNetwork,
}) => {
  const network = await makeNetwork()
  const machine = (name: string, number: number) => network.machine(name, { addresses: [`10.77.0.${number}/24`] })
  const [machineA, machineB, machineC] = [await machine('A', 1), await machine('B', 2), await machine('C', 3)]
  const ada = await launchNeighbour('Ada', 'red', machineA)
  await nameServer(ada.desktop, 'Ada’s laptop')
  const { code } = await ada.person.host('Kitchen')
  await ada.desktop.page.getByRole('button', { name: 'Invite' }).click()
  const webLink = await ada.desktop.page.getByRole('textbox', { name: 'Link' }).inputValue()
  await ada.desktop.page.keyboard.press('Escape')
  const link = writeAppLink(readRoomLink(webLink).link!)
  const bo = await launchNeighbour('Bo', 'green', machineB)

  const typesCode = async () => {
    await bo.desktop.page.getByRole('textbox', { name: 'Join code' }).fill(code)
    await bo.desktop.page.getByRole('button', { name: 'Join' }).click()
  }
  const leaves = async () => bo.desktop.moves(() => bo.desktop.page.getByRole('button', { name: 'Leave' }).click())
  const opened = (desktop: typeof bo.desktop) => desktop.page.getByRole('dialog', { name: 'Open this meeting?' })

  await test.step('a code that no server has told is looked for where someone says, and compares the words', async () => {
    await typesCode()
    const { page } = bo.desktop
    await page.getByRole('list', { name: 'Whose meeting is it?' }).getByRole('button', { name: 'Meet Ada’s laptop' }).click()
    await bo.desktop.moves(() => page.getByRole('button', { name: 'They match' }).click())
    await bo.person.joinNow()
    await bo.person.sees(ada.person, 'red')
    await bo.person.hears(ada.person, 'red')
    await leaves()
  })

  await test.step('the next time the code alone is enough', async () => {
    await bo.desktop.moves(typesCode)
    await bo.person.joinNow()
    await bo.person.sees(ada.person, 'red')
    await bo.person.hears(ada.person, 'red')
    await ada.person.sees(bo.person, 'green')
    await leaves()
  })

  await test.step('a link opens A, after a click', async () => {
    await bo.desktop.startAgain(link)
    await expect(opened(bo.desktop)).toContainText(`${code} at Ada’s laptop, which you know`)
    await bo.desktop.moves(() => opened(bo.desktop).getByRole('button', { name: 'Open' }).click())
    await bo.person.joinNow()
    await bo.person.sees(ada.person, 'red')
    await bo.person.hears(ada.person, 'red')
    await leaves()
  })

  const cy = await launchNeighbour('Cy', 'blue', machineC, { args: [link], isGreeted: true })

  await test.step('someone whose app is started by the link for the first time needs no words: the link vouches for A', async () => {
    await expect(opened(cy.desktop)).toContainText('You have not met this server')
    await cy.desktop.moves(() => opened(cy.desktop).getByRole('button', { name: 'Open' }).click())
    await cy.desktop.page.getByRole('textbox', { name: 'Your name' }).fill('Cy')
    await cy.person.joinNow()
    await cy.person.sees(ada.person, 'red')
    await cy.person.hears(ada.person, 'red')
    await ada.person.sees(cy.person, 'blue')
    await cy.desktop.moves(() => cy.desktop.page.getByRole('button', { name: 'Leave' }).click())
  })

  await test.step('at the door of A’s room C would rather have a room of its own, and gets the form for it', async () => {
    await nameServer(cy.desktop, 'Cy’s computer')
    await cy.desktop.moves(() => cy.desktop.page.getByRole('link', { name: 'Kitchen' }).first().click())
    await expect(cy.desktop.page.getByRole('button', { name: 'Join now' })).toBeVisible()
    await cy.desktop.moves(() => cy.desktop.clickMenu('Meeting', 'New room…'))
    await expect(cy.desktop.page.getByRole('textbox', { name: 'Room name' })).toBeVisible()
  })

  const rooms = bo.desktop.page.getByRole('list', { name: 'Rooms on this network' }).getByRole('link')

  await test.step('A quits: its rooms are gone from B’s screen within 3 s', async () => {
    await expect(rooms).toHaveCount(1)
    await ada.desktop.quit()
    const since = performance.now()
    await expect(rooms).toHaveCount(0, { timeout: 3_000 })
    takes('gone after it quit', since)
    await bo.desktop.page.getByRole('list', { name: 'Recent rooms' }).getByRole('link', { name: 'Kitchen' }).click()
    await expect(bo.desktop.page.getByText('No Lanyard answers there')).toBeVisible()
  })

  await test.step('C, which hosts by now, is seen, and gone within 10 s of a crash', async () => {
    const meet = bo.desktop.page.getByRole('button', { name: 'Meet Cy’s computer' })
    await expect(meet).toBeVisible()
    const { serverPid } = await cy.desktop.probe()
    process.kill(serverPid!, 'SIGKILL')
    await cy.desktop.kill()
    const since = performance.now()
    await expect(meet).toBeHidden({ timeout: 10_500 })
    takes('gone after a crash', since)
  })
})
