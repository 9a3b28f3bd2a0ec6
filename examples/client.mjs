/**
 * A client of a Lanyard server without an interface: what docs/protocol.md says, in as few lines as it takes. It sends no sound and no
 * picture.
 *
 *   node examples/client.mjs http://127.0.0.1:4433 --name Ada                  makes a room, and says its code
 *   node examples/client.mjs http://127.0.0.1:4433 --name Grace --room ABC123  joins one
 *   node examples/client.mjs http://127.0.0.1:4433 --token TOKEN               joins the one that the token is for
 *
 * Each line of the input is said in the room. `/who` lists who is there, `/mic` declares the microphone on or off, `/quit` leaves.
 * Needs `npm install socket.io-client`.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { io } from 'socket.io-client'

const { values, positionals } = readArguments()
const [url = 'http://127.0.0.1:4433'] = positionals

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        name: { type: 'string', default: 'Example' },
        room: { type: 'string' },
        password: { type: 'string' },
        token: { type: 'string' },
      },
    })
  } catch (error) {
    process.stderr.write(`client: ${error instanceof Error ? error.message.replaceAll('\n', ' ') : String(error)}\n`)
    return process.exit(2)
  }
}

/** Who we are: a secret that a real client keeps from one start to the next. */
const device = randomBytes(32).toString('base64url')
/** Takes the seat back after a lost connection; another one comes with each welcome. */
let resume
/** Everyone in the room, by seat, and the number of the roster's last change. */
const members = new Map()
let revision
let microphone = false

const print = (text) => process.stdout.write(`${text}\n`)

const socket = io(url, {
  transports: ['websocket'],
  // Asked for anew at each connection, so that it always has the latest credential.
  auth: (send) => send({ protocol: 1, device, ...(values.token && { token: values.token }), ...(resume && { resume }) }),
})

/** Asks the server; resolves with the value, or throws the error that it names. */
async function request(name, params = {}) {
  const answer = await socket.timeout(10_000).emitWithAck(name, params)
  if (answer.ok) return answer.value
  throw Object.assign(new Error(answer.error.message), answer.error)
}

/** The first event of every connection. */
socket.on('welcome', async (welcome) => {
  resume = welcome.resume
  if (welcome.resumed) return enter(welcome.resumed)
  try {
    // A token says which room, and under which name.
    const { name, password } = values
    const wish = values.token ? {} : { roomId: values.room ?? (await makeRoom()), name, password }
    enter(await request('joinRoom', { ...wish, queue: true }))
  } catch (error) {
    end(`${error.code ?? 'error'}: ${error.message}`, 1)
  }
})

async function makeRoom() {
  const { room } = await request('createRoom', { name: `Room of ${values.name}` })
  print(`code ${room.joinCode}`)
  return room.id
}

/** Takes the answer to a join: a seat, or a place before the door. */
function enter(admittance) {
  if (admittance.status === 'waiting') return print(`waiting, place ${admittance.place}`)
  print(`in ${admittance.room.name}`)
  replaceRoster(admittance)
  for (const message of admittance.messages) show(message)
}

socket.on('admitted', enter)
socket.on('placeChanged', enter)
socket.on('removed', ({ reason }) => end(`out: ${reason}`, 1))
socket.on('roomClosed', ({ reason }) => end(`closed: ${reason}`))
socket.on('chatMessage', ({ message }) => show(message))

socket.on('peerJoined', ({ member, revision }) => {
  take(revision, () => members.set(member.peerId, member))
  print(`+ ${member.name}`)
})
socket.on('peerChanged', ({ member, revision }) => take(revision, () => members.set(member.peerId, member)))
socket.on('peerReconnecting', ({ peerId, revision }) =>
  take(revision, () => members.set(peerId, { ...members.get(peerId), connection: 'reconnecting' })),
)
socket.on('peerLeft', ({ peerId, revision }) => {
  print(`- ${members.get(peerId)?.name ?? peerId}`)
  take(revision, () => members.delete(peerId))
})

/**
 * Applies a change of the roster; where one before it is missing, the whole roster is asked for.
 *
 * @param {{ epoch: string, number: number }} next
 * @param {() => void} change
 */
function take(next, change) {
  if (next.epoch === revision?.epoch && next.number <= revision.number) return
  if (next.epoch !== revision?.epoch || next.number !== revision.number + 1)
    return void request('listMembers').then(replaceRoster, () => {})
  change()
  revision = next
}

function replaceRoster(whole) {
  members.clear()
  for (const member of whole.members) members.set(member.peerId, member)
  revision = whole.revision
}

const show = ({ from, text }) => print(`${from.name}: ${text}`)

/** Says something, until the server has stored it: the same id is the same message, however often it is sent. */
async function say(text, clientMessageId = randomUUID()) {
  try {
    show((await request('sendChat', { text, clientMessageId })).message)
  } catch (error) {
    // Named by the server: sending it again would not help. Else the answer was lost, and may have been yes.
    if (error.code) return print(`not sent: ${error.message}`)
    await new Promise((resolve) => setTimeout(resolve, 500))
    await say(text, clientMessageId)
  }
}

const input = createInterface({ input: process.stdin })
input.on('line', (line) => void obey(line.trim()))

async function obey(text) {
  if (text === '/quit') {
    await request('leaveRoom').catch(() => {})
    end('left')
  } else if (text === '/who') {
    print([...members.values()].map(({ name, role }) => `${name} (${role})`).join(', '))
  } else if (text === '/mic') {
    microphone = !microphone
    await request('updateMember', { microphone }).catch((/** @type {unknown} */ error) => print(String(error)))
  } else if (text !== '') {
    await say(text)
  }
}

function end(word, code = 0) {
  print(word)
  socket.disconnect()
  input.close()
  process.exitCode = code
}

socket.on('connect_error', (error) => {
  if (error.data) end(`${error.data.code}: ${error.data.message}`, 1)
})
socket.on('disconnect', (reason) => {
  if (reason !== 'io client disconnect') print('connection lost')
})
