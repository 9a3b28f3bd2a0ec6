import { Menu, nativeImage, Tray as SystemTray } from 'electron'
import type { Hosting } from '../../shared/bridge.ts'
import type { HostedRoom } from '../../shared/hosted.ts'

export interface TrayActions {
  show: () => void
  open: (room: HostedRoom) => void
  host: () => void
  stop: () => void
  quit: () => void
}

/** The sign in the system's tray: that this computer hosts, for how many, and in which rooms. */
export class Tray {
  readonly #tray: SystemTray
  readonly #actions: TrayActions

  /** Of an icon's file. */
  constructor(icon: string, actions: TrayActions) {
    this.#actions = actions
    const image = nativeImage.createFromPath(icon)
    if (process.platform === 'darwin') image.setTemplateImage(true)
    this.#tray = new SystemTray(image)
    this.#tray.on('click', () => actions.show())
    this.update({ status: 'off', capacity: null }, [])
  }

  update(hosting: Hosting, rooms: readonly HostedRoom[]): void {
    const { show, open, host, stop, quit } = this.#actions
    const isOn = hosting.status === 'on'
    const state = stateOf(hosting, rooms.length)
    this.#tray.setToolTip(`Lanyard: ${state}`)
    this.#tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: state, enabled: false },
        ...(isOn ? rooms.map((room) => ({ label: roomLabel(room), submenu: [{ label: 'Open', click: () => open(room) }] })) : []),
        { type: 'separator' },
        { label: 'Open Lanyard', click: show },
        isOn ? { label: 'Stop hosting', click: stop } : { label: 'Host a meeting', click: host },
        { type: 'separator' },
        { label: 'Quit', click: quit },
      ]),
    )
  }

  close(): void {
    this.#tray.destroy()
  }
}

function stateOf(hosting: Hosting, rooms: number): string {
  switch (hosting.status) {
    case 'on':
      if (hosting.people === 0) return 'hosting, nobody is here'
      return `hosting, ${count(hosting.people)} here${rooms > 1 ? ` in ${rooms} rooms` : ''}`
    case 'starting':
    case 'crashed':
      return 'starting to host'
    case 'stopping':
      return 'stopping'
    case 'off':
    case 'failed':
      return 'not hosting'
  }
}

/** On Windows and Linux an `&` marks the key of a menu's line, unless there are two. */
const roomLabel = ({ name, people }: HostedRoom) => `${name.replaceAll('&', '&&')} · ${count(people)}`

export const count = (people: number) => `${people} ${people === 1 ? 'person' : 'people'}`
