/**
 * R13: a rogue twin, before the first meeting, in the middle of one, and after it. What is asserted: on no connection with the rogue did B
 * send a record of TLS application data (the rogue speaks TLS 1.2, whose records say their type); not a byte came out of the encryption on
 * the rogue's side; and no secret of B's is in any packet of any kind that went there. What cannot be helped: whoever takes A's address also
 * gets the last packets of the connection that B had with A, in A's encryption.
 */
import { whyNoNetworks } from '../support/lan/Network.ts'
import type { Packet } from '../support/lan/packet.ts'
import { expect, test } from './support/fixtures.ts'
import { launchNeighbour, nameServer } from './support/neighbour.ts'
import { Rogue } from './support/Rogue.ts'
import { recordTypes } from './support/tlsRecords.ts'

test.skip(whyNoNetworks !== null, whyNoNetworks ?? '')

/** RFC 8446, 5.1. */
const HANDSHAKE = 22
const APPLICATION_DATA = 23
/** Of a refusal: its button, and the cross in the corner. */
const waysOut = ['Back', '']

/** Someone who does not look at certificates. */
const careless = (host: string, port: number) => `
const socket = require('node:tls').connect({ host: '${host}', port: ${port}, rejectUnauthorized: false })
socket.end('a careless word')
socket.on('close', () => process.exit()).resume()`

test('F62: nothing is told to a rogue twin: not before the first meeting, not in the middle of one, not after it', async ({
  makeNetwork,
  userData: dataDir,
}) => {
  test.setTimeout(120_000)
  const network = await makeNetwork()
  const machine = (name: string, number: number) => network.machine(name, { addresses: [`10.77.0.${number}/24`] })
  const [machineA, machineB, machineC] = [await machine('A', 1), await machine('B', 2), await machine('C', 3)]
  const ada = await launchNeighbour('Ada', 'red', machineA)
  await nameServer(ada.desktop, 'Ada’s laptop')
  const { code } = await ada.person.host('Kitchen')
  const { hosting } = await ada.desktop.probe()
  if (hosting.status !== 'on') throw new Error('A does not host')
  const { fingerprint, words, urls } = hosting
  const port = Number(new URL(urls[0]!).port)

  const capture = await machineC.capture('src host 10.77.0.2')
  const rogue = await Rogue.on(machineC, {
    ...{ name: 'Ada’s laptop', port, fingerprint: fingerprint!, dataDir },
    hosts: ['10.77.0.1', '10.77.0.3'],
    victim: '10.77.0.2',
  })
  const bo = await launchNeighbour('Bo', 'green', machineB)
  const home = bo.desktop.page
  const rooms = home.getByRole('list', { name: 'Rooms on this network' }).getByRole('link')
  const meet = (of: string) => home.getByRole('button', { name: `Meet Ada’s laptop [${of.slice(0, 6)}]` })
  /** The records that B has sent on each connection with the rogue: those that begin with a handshake there. */
  const withRogue = (packets: readonly Packet[]) =>
    [...recordTypes(packets.filter(({ to }) => to.endsWith(`:${port}`))).values()].filter(([first]) => first === HANDSHAKE)
  const secrets = [code.replace('-', ''), 'Bo says']

  await test.step('before the first meeting there are two of that name, and the words tell which one is meant', async () => {
    await expect(home.getByRole('list', { name: 'Servers nearby' }).getByRole('listitem')).toHaveCount(2)
    const dialog = home.getByRole('dialog', { name: 'First meeting with Ada’s laptop' })
    const shown = dialog.getByRole('list', { name: 'Words to compare' }).getByRole('listitem')
    await meet(rogue.fingerprint).click()
    await expect(shown).toHaveText(rogue.words)
    expect(rogue.words).not.toEqual(words)
    await dialog.getByRole('button', { name: 'They differ' }).click()
    const stranger = home.getByRole('dialog', { name: 'This is not who you expect' })
    await expect(stranger.getByRole('button')).toHaveText(waysOut)
    await stranger.getByRole('button', { name: 'Back' }).click()
    await meet(fingerprint!).click()
    await expect(shown).toHaveText(words!)
    await dialog.getByRole('button', { name: 'They match' }).click()
    // Not the rogue's, which has one, too.
    await expect(rooms).toHaveCount(1)
    await expect(rooms).toContainText('1 person')
    await expect(meet(fingerprint!)).toBeHidden()
  })

  await test.step('in the middle of a meeting it takes A’s address: B waits, and is back when A is', async () => {
    await bo.desktop.moves(() => rooms.click())
    await bo.person.joinNow()
    await bo.person.sees(ada.person, 'red')
    const { page } = bo.desktop
    const keys = await page.evaluate(async (server) => window.lanyard!.getServerKeys({ server }), urls[0]!)
    if (keys.ok) secrets.push(keys.value.device)
    await bo.person.toggle('Chat').click()
    await ada.person.toggle('Chat').click()

    await machineA.plugOut()
    await machineC.changeAddresses(['10.77.0.1/24'])
    await expect(page.getByText('Reconnecting')).toBeVisible({ timeout: 20_000 })
    await bo.person.say('Bo says hello')
    await rogue.isReached(4)
    // Nor does a page reach it that tries to by itself.
    const tried = await page.evaluate(
      (url) =>
        new Promise<string>((resolve) => {
          const socket = new WebSocket(url)
          socket.onopen = () => resolve('open')
          socket.onerror = () => resolve('refused')
        }),
      `wss://10.77.0.1:${port}/`,
    )
    expect(tried).toBe('refused')
    await machineC.changeAddresses(['10.77.0.3/24'])
    await machineA.plugIn()
    await expect(ada.person.messages.getByText('Bo says hello')).toHaveCount(1, { timeout: 20_000 })
    await bo.person.sees(ada.person, 'red')
  })

  await test.step('after it, when A is gone and it has A’s address, B refuses it, and there is no way round', async () => {
    await bo.desktop.moves(() => bo.desktop.page.getByRole('button', { name: 'Leave' }).click())
    const { page } = bo.desktop
    await ada.desktop.answerWith(0)
    await ada.desktop.quit()
    await machineA.plugOut()
    await machineC.changeAddresses(['10.77.0.1/24'])
    const refused = page.getByRole('dialog', { name: 'This is not the Ada’s laptop that you know' })
    const isRefused = async () => {
      await expect(refused.getByRole('button')).toHaveText(waysOut)
      await refused.getByRole('button', { name: 'Back' }).click()
      await expect(refused).toBeHidden()
    }
    await page.getByRole('list', { name: 'Recent rooms' }).getByRole('link', { name: 'Kitchen' }).click()
    await isRefused()
    await page.getByRole('button', { name: /^Meet Ada’s laptop/ }).click()
    await isRefused()
    await page.getByRole('textbox', { name: 'Join code' }).fill(code)
    await page.getByRole('textbox', { name: 'Address' }).fill(`10.77.0.1:${port}`)
    await page.getByRole('button', { name: 'Join' }).click()
    await isRefused()
    await bo.desktop.startAgain(`lanyard://join/${code}?fp=${fingerprint}&at=10.77.0.1:${port}`)
    await page.getByRole('dialog', { name: 'Open this meeting?' }).getByRole('button', { name: 'Open' }).click()
    await isRefused()
  })

  await test.step('all the while nothing was told to it', async () => {
    expect(rogue.told).toBe('')
    const packets = capture.packets()
    const connections = withRogue(packets)
    expect(connections.length).toBeGreaterThan(8)
    for (const types of connections) expect(types).not.toContain(APPLICATION_DATA)
    const sent = Buffer.concat(packets.map(({ payload }) => payload))
    for (const secret of secrets) expect(sent.includes(secret), secret).toBe(false)
  })

  await test.step('whoever does not look at certificates would have told, and that would have been seen', async () => {
    await machineB.output(process.execPath, ['-e', careless('10.77.0.1', port)])
    await expect.poll(() => rogue.told).toBe('a careless word')
    expect(withRogue(await capture.stop()).flat()).toContain(APPLICATION_DATA)
    await rogue.end()
  })
})
