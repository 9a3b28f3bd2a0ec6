import { createContext, tick } from 'svelte'
import type { About, Bridge, Command, EventPayload, Hosting, LinkMeaning, Settings } from '../../../shared/bridge.ts'
import { hostPortOf, isLoopback, isSameServer, readAddress } from '../../../shared/address.ts'
import { AppError, unwrap } from '../../../shared/errors.ts'
import { Emitter } from '../../../shared/emitter.ts'
import { leadsTo, linkRef, type LinkedServer, type RoomLink } from '../../../shared/roomLink.ts'
import { desktopPlatform, type Target } from '../platform/desktop.ts'
import { Kept, type Platform, type RecentRoom } from '../platform/Platform.ts'
import { refText } from './codeOf.ts'
import { NetworkCheck } from './NetworkCheck.svelte.ts'
import { Servers, type NamedServer } from './Servers.svelte.ts'
import { NO_CODE, readTyped } from './typed.ts'

const NOWHERE: Target = { url: null, isOwn: false, serverId: null, room: null }

/** What is wrong with what is typed, said at its field. */
export interface Mistyped {
  code?: string
  address?: string
  /** The code, where one of these servers may have it: known ones that say so, or those that nobody here has met. */
  pick?: { code: string; known: readonly NamedServer[] }
}

/** What only the app's window has: the server that it carries, the way to others, and what the system asks. */
export class Desktop extends Emitter<{ commanded: [Command]; serverBack: []; serverMoved: [] }> {
  /** Settings of this copy; null until they are known. */
  settings = $state.raw<Settings | null>(null)
  about = $state.raw<About | null>(null)
  /** What is typed on the first screen, until it has led into a meeting. */
  readonly typed = $state({ code: '', address: '' })
  /** What can be shared, while it is being asked. */
  question = $state.raw<EventPayload<'shareAsked'> | null>(null)
  /** Why the room that was clicked last on the first screen cannot be opened, if it cannot. */
  failure = $state.raw<string | null>(null)
  /** Whether the form for a new room is to be open on the first screen. */
  wantsRoom = $state(false)
  /** The others in the network. */
  readonly servers: Servers
  readonly network: NetworkCheck
  readonly #bridge: Bridge
  #kept: Kept | null = null
  /** What the server that the window is at is called. */
  #serverLabel = ''
  #link = $state.raw<RoomLink | null>(null)
  #linkMeans = $state.raw<LinkMeaning>({ server: null, others: [] })
  #hosting = $state.raw<Hosting>({ status: 'off', capacity: null })
  #platform = $state.raw<Platform | null>(null)
  #target = NOWHERE
  /** The room that the carried server is started for; null for a new one. */
  #wantedRoom: string | null = null
  /** Until it knows how things stand. */
  readonly #begun: Promise<void>
  /** Until the window is there. */
  #going: Promise<void> = Promise.resolve()
  /** Whether the window is in a meeting. */
  #isInMeeting = false

  constructor(bridge: Bridge) {
    super()
    this.#bridge = bridge
    this.network = new NetworkCheck(bridge)
    this.servers = new Servers(bridge, (serverId, room) => this.#visit(serverId, room))
    bridge.onHostingChanged((hosting) => this.#hostingChanged(hosting))
    bridge.onServerMoved(() => this.emit('serverMoved'))
    bridge.onLinkOpened(() => void this.#takeLink())
    bridge.onShareAsked((question) => (this.question = question))
    bridge.onCommanded(({ command }) => void this.#commanded(command))
    this.#begun = this.#begin()
  }

  get bridge(): Bridge {
    return this.#bridge
  }

  get hosting(): Hosting {
    return this.#hosting
  }

  get isStarting(): boolean {
    return this.#hosting.status === 'starting' || this.#hosting.status === 'crashed'
  }

  /** The server that the window is at, or none; null for a moment, until its secrets are there. */
  get platform(): Platform | null {
    return this.#platform
  }

  /** A link from outside, which waits for a click; one that comes meanwhile waits for its turn. */
  get link(): RoomLink | null {
    return this.#link
  }

  /** Whose server it means, by all that is known here. */
  get linkMeans(): LinkMeaning {
    return this.#linkMeans
  }

  /** The code that the link leads to, as it is read aloud. */
  get linkCode(): string {
    return refText(this.link?.room ?? '')
  }

  /** Starts the carried server, where it does not run, and opens the form for a new room. */
  host(): Promise<void> {
    this.#wantedRoom = null
    return this.startAgain()
  }

  /** Starts it after it could not be: for whatever it was to be started for. */
  async startAgain({ anyPort = false } = {}): Promise<void> {
    const hosting = unwrap(await this.#bridge.startHosting({ anyPort }))
    if (hosting.status !== 'on') return
    const room = this.#wantedRoom
    this.#wantedRoom = null
    if (room !== null) return this.#goTo({ ...own(hosting.url), room })
    // The word that it is on may have led there already.
    await (this.#target.isOwn ? this.#going : this.#goTo(own(hosting.url)))
    this.wantsRoom = true
  }

  async stopHosting(): Promise<void> {
    await this.#bridge.stopHosting({})
  }

  /**
   * Goes to the door of a room by what is typed. Resolves with what is wrong with it, or null. `openHere` looks for a room of the server
   * that the window is at, so that a wrong code does not lead away from what was typed.
   */
  async openTyped(openHere: (ref: string) => Promise<string | null>): Promise<Mistyped | null> {
    const { code, address } = this.typed
    if (code.trim() === '')
      return address.trim() === '' ? { code: 'Type the code that you were given.' } : this.#meetTyped(address)
    const read = readTyped(code)
    if (read.kind === 'wrong') return { code: read.message }
    if (read.kind === 'name') return { code: NO_CODE }
    if (read.kind === 'link' && read.link.addresses.length > 0)
      return wrongIn('code', await (this.isHere(read.link) ? openHere(linkRef(read.link)) : this.#follow(read.link)))
    // A link without an address is as its code: its key is nothing for servers that it may not be of.
    const room = read.kind === 'link' ? read.link.room : read.ref
    if (address.trim() === '') return this.#openCode(room, openHere)
    const at = readAddress(address)
    if (at === null) return { address: NO_ADDRESS }
    if (this.#isAt(at)) return wrongIn('code', await openHere(room))
    return wrongIn('address', await this.open(room, at))
  }

  /** Meets whoever answers at an address that is typed without a code. Resolves with what is wrong with it, or null. */
  async #meetTyped(address: string): Promise<Mistyped | null> {
    const at = readAddress(address)
    if (at === null) return { address: NO_ADDRESS }
    const { protocol, host } = new URL(at)
    if (protocol !== 'https:') return { code: 'Type the code that you were given.' }
    const met = unwrap(await this.#bridge.meetServer({ addresses: [host], fingerprint: null, isProof: false }))
    if (met.status === 'known')
      return { code: `That is ${met.name}, which you know. Its rooms are listed here; type the code of any other.` }
    return wrongIn('address', await this.servers.follow(met, null))
  }

  /** Goes to the door of a room of whoever answers at an address. Resolves with why it does not, or null. */
  async open(room: string, address: string): Promise<string | null> {
    const url = new URL(address)
    if (isLoopback(url) && url.protocol === 'http:') return this.#openHere(room, address)
    if (url.protocol !== 'https:')
      return 'That address is not encrypted, so others on the network could listen. Ask the host for a link.'
    const met = await this.#bridge.meetServer({ addresses: [url.host], fingerprint: null, isProof: false })
    return this.servers.follow(unwrap(met), room)
  }

  /** Again to a room that one was in; one of the carried server starts it. */
  async openRecent({ id, server }: RecentRoom): Promise<void> {
    if (isServerId(server)) return this.openAt(server, id)
    this.failure = null
    if (server !== 'own') {
      this.failure = await this.open(id, server)
    } else {
      this.#wantedRoom = id
      await this.startAgain()
    }
  }

  /** Goes to the door of a room of a known server. */
  async openAt(serverId: string, room: string): Promise<void> {
    this.failure = null
    this.failure = await this.servers.follow(unwrap(await this.#bridge.meetAgain({ serverId })), room)
  }

  /** Whether a link leads to the server that the window is at. */
  isHere(link: RoomLink): boolean {
    const { url, isOwn, serverId } = this.#target
    if (url === null) return false
    return leadsTo(link, isOwn ? this.#own : { urls: [url], fingerprint: serverId })
  }

  /** Whether a link leads to the carried server. */
  isOwn(link: RoomLink): boolean {
    return leadsTo(link, this.#own)
  }

  /** Does what the link asks, now that someone has clicked. Resolves with why not, or null. */
  async followLink(): Promise<string | null> {
    const reason = this.#link && (await this.#follow(this.#link))
    if (reason === null) this.dropLink()
    return reason
  }

  /** Goes where a link leads, wherever it has come from. Resolves with why it does not, or null. */
  async #follow(link: RoomLink): Promise<string | null> {
    const { addresses, fingerprint } = link
    const [first] = addresses
    const own = this.isOwn(link) ? this.#ownUrl : null
    const plain = first === undefined ? null : readAddress(first)
    if (own !== null) return this.open(linkRef(link), own)
    if (plain === null)
      return 'The link does not say at which address the meeting is. Ask for the address, and type it below the code.'
    if (fingerprint === null) return this.open(linkRef(link), plain)
    const met = await this.#bridge.meetServer({ addresses, fingerprint, isProof: true })
    return this.servers.follow(unwrap(met), linkRef(link))
  }

  /** Puts the link aside, for the next one if there is one. */
  dropLink(): void {
    this.#link = null
    void this.#takeLink()
  }

  /** To the first screen: that of the carried server, where it runs. */
  async goHome(): Promise<void> {
    if (this.#target.serverId !== null) return this.#leaveFor(null, null)
    return this.#goTo(this.#ownUrl === null ? NOWHERE : own(this.#ownUrl))
  }

  /** Of the carried server, where it runs. */
  get #ownUrl(): string | null {
    return this.#hosting.status === 'on' ? this.#hosting.url : null
  }

  /** What links to the carried server say of it. */
  get #own(): LinkedServer {
    const hosting = this.#hosting
    if (hosting.status !== 'on') return { urls: [], fingerprint: null }
    return { urls: [hosting.url, ...hosting.urls], fingerprint: hosting.fingerprint }
  }

  /** `HOST:PORT` of the address that is typed; null while it is none. */
  get typedPlace(): string | null {
    const address = readAddress(this.typed.address)
    return address && hostPortOf(address)
  }

  /** The first address of the link that is typed as a code; null while it is none. */
  get linkedPlace(): string | null {
    const read = readTyped(this.typed.code)
    return read.kind === 'link' ? (read.link.addresses[0] ?? null) : null
  }

  /** Whether an address is that of the server that the window is at. */
  #isAt(address: string): boolean {
    return this.#target.url !== null && isSameServer(this.#target.url, address)
  }

  choose(sourceId: string | null, sound: boolean): void {
    if (!this.question) return
    void this.#bridge.chooseShare({ shareId: this.question.shareId, sourceId, sound })
    this.question = null
  }

  /** Resolves with why it could not be measured, or null. */
  async measureCapacity(): Promise<string | null> {
    const measured = await this.#bridge.measureCapacity({})
    return measured.ok ? null : measured.error.message
  }

  async change(changes: Partial<Settings>): Promise<void> {
    this.settings = unwrap(await this.#bridge.changeSettings(changes))
  }

  readonly copy = async (text: string): Promise<boolean> => (await this.#bridge.copyText({ text })).ok

  /** All that helps to find out what went wrong, for the clipboard. */
  details(error: { code?: string; message: string }): string {
    const { about } = this
    const versions = about ? `Lanyard ${about.version}, Electron ${about.electron}, ${about.system}` : 'Lanyard'
    return `${error.code ?? 'error'}: ${error.message}\n${versions}\n${new Date().toISOString()}`
  }

  async #begin(): Promise<void> {
    const bridge = this.#bridge
    const [hosting, settings, about, { server, room }, { kept }] = await Promise.all([
      bridge.getHosting({}).then(unwrap),
      bridge.getSettings({}).then(unwrap),
      bridge.getAbout({}).then(unwrap),
      bridge.getWhereabouts({}).then(unwrap),
      bridge.getKept({}).then(unwrap),
      this.#takeLink(),
    ])
    this.settings = settings
    this.about = about
    this.#hosting = hosting
    this.#kept = Kept.parse(kept ?? {})
    this.#serverLabel = server?.name ?? ''
    if (server) await this.#goTo({ url: server.url, isOwn: false, serverId: server.serverId, room })
    else await this.goHome()
  }

  /** One that is shown is not replaced, or a click would open another than was read. */
  async #takeLink(): Promise<void> {
    if (this.#link) return
    const { link, meant } = unwrap(await this.#bridge.takeLink({}))
    if (this.#link) return
    this.#link = link
    this.#linkMeans = meant
  }

  #goTo(target: Target): Promise<void> {
    this.#target = target
    this.#going = this.#arrive(target)
    return this.#going
  }

  async #arrive(target: Target): Promise<void> {
    const keys = target.url === null ? null : unwrap(await this.#bridge.getServerKeys({ server: target.url }))
    // Of two who come at once the later one counts.
    if (this.#target !== target) return
    this.#target = { ...target, isOwn: keys?.isOwn ?? false }
    const { isOwn } = this.#target
    this.#platform = desktopPlatform(this.#bridge, this.#target, keys, {
      backHome: () => void this.#backHome(),
      // While it does not run, another program of this computer may have its port.
      locate: async () => {
        if (target.serverId !== null) return unwrap(await this.#bridge.locateServer({})).url
        return isOwn && this.#ownUrl !== target.url ? null : target.url
      },
      serverLabel: this.#serverLabel || (target.url?.replace(/^https?:\/\//, '') ?? ''),
      readKept: () => this.#kept ?? Kept.parse({}),
      keep: (kept) => {
        this.#kept = kept
        void this.#bridge.keep({ kept })
      },
    })
  }

  /** Looks for the room of a code on the own server, then on those that are known. */
  async #openCode(code: string, openHere: (room: string) => Promise<string | null>): Promise<Mistyped | null> {
    const isAtOwn = this.#ownUrl !== null && this.#isAt(this.#ownUrl)
    const reason = isAtOwn ? await openHere(code) : NOT_FOUND
    if (reason === null) return null
    const having = await this.servers.lookUp(code)
    const [server] = having
    if (server && having.length === 1) return wrongIn('code', await this.#visit(server.serverId, code))
    if (server) return { code: SEVERAL, pick: { code, known: having } }
    if (this.servers.unknown.length > 0) return { code: NOT_FOUND, pick: { code, known: [] } }
    return isAtOwn ? { code: reason } : { address: 'Type this as well: it is in the link that whoever invites you can copy.' }
  }

  #openHere(room: string, url: string): Promise<string | null> {
    // A page at someone else's server connects to that one alone.
    if (this.#target.serverId !== null) return Promise.resolve('Leave this server first: the link leads to this computer.')
    return this.#goTo({ url, isOwn: false, serverId: null, room }).then(() => null)
  }

  async #visit(serverId: string, room: string): Promise<string | null> {
    try {
      await this.#leaveFor(serverId, room)
      return null
    } catch (error) {
      await this.#goTo(this.#target)
      return AppError.from(error).message
    }
  }

  /** The window comes anew, in another session. What it is at ends before, with a word. */
  async #leaveFor(serverId: string | null, room: string | null): Promise<void> {
    this.#platform = null
    await tick()
    unwrap(await this.#bridge.visitServer({ serverId, room }))
  }

  /** From another server's room back to the first screen; the carried server's is shown already. */
  async #backHome(): Promise<void> {
    if (!this.#target.isOwn && this.#target.url !== null) await this.goHome()
  }

  #hostingChanged(hosting: Hosting): void {
    const hasJustStarted = hosting.status === 'on' && this.#hosting.status !== 'on'
    this.#hosting = hosting
    // The port that it has found is kept among them.
    if (hasJustStarted) void this.#bridge.getSettings({}).then((settings) => (this.settings = unwrap(settings)))
    const isAtOwn = this.#target.isOwn
    if (hosting.status === 'on' && this.#target.url === hosting.url) this.emit('serverBack')
    // Whoever is in a meeting elsewhere stays there.
    if (hosting.status === 'on' && (this.#target.url === null || (isAtOwn && this.#target.url !== hosting.url)))
      void this.goHome()
    // A server that comes back by itself is waited for; one that was stopped is gone.
    const isOver = hosting.status === 'failed' || (hosting.status === 'off' && !this.#isInMeeting)
    if (isAtOwn && isOver) void this.#goTo(NOWHERE)
  }

  async #commanded(command: Command): Promise<void> {
    await this.#begun
    // Until what hears it is drawn.
    await tick()
    if (command !== 'newRoom') this.emit('commanded', command)
    else if (!this.#isInMeeting) await this.host()
  }

  /** Says whether the window is in a meeting, and with how many unread messages; main shows it outside of the window. */
  showMeeting(meeting: { room: string; unread: number } | null): void {
    this.#isInMeeting = meeting !== null
    if (meeting) Object.assign(this.typed, { code: '', address: '' })
    // What was to be shared was for the meeting.
    if (meeting === null) this.choose(null, false)
    void this.#bridge.showMeeting({ meeting: meeting && { ...meeting, isOwn: this.#target.isOwn } })
  }
}

const NO_ADDRESS = 'That is no address. One looks like https://meet.example or 192.168.1.20:4433.'
const SEVERAL = 'Several of the servers that you know say that they have this code.'
const NOT_FOUND = 'None of the servers that you know, and that answer, has this code.'

const isServerId = (server: string) => /^[0-9a-f]{64}$/.test(server)

const wrongIn = (field: keyof Mistyped, message: string | null): Mistyped | null =>
  message === null ? null : { [field]: message }

const own = (url: string): Target => ({ url, isOwn: true, serverId: null, room: null })

/** Null in a browser. */
export const [getDesktop, setDesktop] = createContext<Desktop | null>()
