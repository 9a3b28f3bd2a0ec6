import { Menu, nativeImage, Tray as SystemTray } from 'electron'
import type { Hosting } from '../../shared/bridge.ts'

export interface TrayActions {
  show: () => void
  host: () => void
  stop: () => void
  quit: () => void
}

/** The sign in the system's tray: that this computer hosts, and for how many. */
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
    this.update({ status: 'off' })
  }

  update(hosting: Hosting): void {
    const { show, host, stop, quit } = this.#actions
    const isOn = hosting.status === 'on'
    const state = stateOf(hosting)
    this.#tray.setToolTip(`Lanyard: ${state}`)
    this.#tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: state, enabled: false },
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

function stateOf(hosting: Hosting): string {
  switch (hosting.status) {
    case 'on':
      return hosting.people === 0 ? 'hosting, nobody is here' : `hosting, ${count(hosting.people)} here`
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

export const count = (people: number) => `${people} ${people === 1 ? 'person' : 'people'}`
