import { createContext } from 'svelte'
import type { Platform } from '../platform/Platform.ts'
import type { Capture } from '../session/capture.ts'
import type { Session } from '../session/Session.ts'
import { Announcer } from './Announcer.svelte.ts'
import { Contact } from './Contact.svelte.ts'
import { Conversation } from './Conversation.svelte.ts'
import { Devices } from './Devices.svelte.ts'
import { Files } from './Files.ts'
import { Meeting } from './Meeting.svelte.ts'
import { Moderation } from './Moderation.svelte.ts'
import { OtherWindows } from './OtherWindows.svelte.ts'
import { OwnRooms } from './OwnRooms.svelte.ts'
import { Preferences } from './Preferences.svelte.ts'
import { Telephone } from './Telephone.svelte.ts'
import { Templates } from './Templates.svelte.ts'
import { Visit } from './Visit.svelte.ts'

export type { RecentRoom } from '../platform/Platform.ts'

/** All that the components see and can ask for. */
export class Lanyard {
  readonly preferences: Preferences
  readonly devices: Devices
  readonly otherWindows: OtherWindows
  readonly ownRooms: OwnRooms
  readonly contact: Contact
  readonly visit: Visit
  readonly meeting: Meeting
  readonly moderation: Moderation
  readonly telephone: Telephone
  readonly conversation: Conversation
  readonly announcer: Announcer
  readonly templates: Templates
  readonly files: Files
  /** What is kept of the room that one is in. */
  readonly records: Session['records']

  constructor(session: Session, capture: Capture, platform: Platform) {
    this.preferences = new Preferences(platform)
    this.devices = new Devices(capture, session, this.preferences)
    this.otherWindows = new OtherWindows(session, platform, () => this.visit.leave())
    this.ownRooms = new OwnRooms(session, platform, this.preferences, this.otherWindows)
    this.contact = new Contact(session, platform)
    this.visit = new Visit(session, platform, this.preferences)
    this.meeting = new Meeting(session, platform, this.preferences)
    this.moderation = new Moderation(session)
    this.telephone = new Telephone(session, this.preferences)
    this.conversation = new Conversation(session, this.meeting)
    this.announcer = new Announcer(session, this.conversation)
    this.templates = new Templates(session)
    this.files = new Files(session, platform)
    this.records = session.records
  }

  close(): void {
    this.devices.close()
    this.ownRooms.close()
    this.otherWindows.close()
    this.telephone.close()
    this.announcer.close()
  }
}

export const [getLanyard, setLanyard] = createContext<Lanyard>()
