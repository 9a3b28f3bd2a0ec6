import { Emitter, record, standin, state } from '../core.mjs'

let commands = 0
export class MenuItem {
  constructor({ submenu, click, type, role, ...rest }) {
    Object.assign(this, { enabled: true, visible: true, checked: false, label: role ?? '', ...rest, role, commandId: ++commands })
    this.type = type ?? (submenu ? 'submenu' : 'normal')
    this.submenu = Array.isArray(submenu) ? Menu.buildFromTemplate(submenu) : (submenu ?? null)
    /** As a person's click: a disabled item does nothing, a checkbox flips first. */
    this.click = (_event, win = state.focused) => {
      if (!this.enabled) return
      if (this.type === 'checkbox') this.checked = !this.checked
      if (this.type === 'radio') {
        for (const other of this.menu?.items ?? []) if (other.type === 'radio') other.checked = other === this
      }
      if (click) click(this, win ?? undefined, {})
      else if (role === 'quit') state.app.quit()
      else if (role === 'close') win?.close()
      else if (role) record('MenuItem.role', role)
    }
  }
}

export class Menu extends Emitter {
  items = []
  static buildFromTemplate(template) {
    const menu = new Menu()
    for (const entry of template) menu.append(entry instanceof MenuItem ? entry : new MenuItem(entry))
    return menu
  }
  static setApplicationMenu(menu) {
    record('Menu.setApplicationMenu')
    state.app.applicationMenu = menu
  }
  static getApplicationMenu() {
    return state.app.applicationMenu
  }
  constructor() {
    super()
    standin.menus.push(this)
  }
  append(item) {
    this.insert(this.items.length, item)
  }
  insert(at, item) {
    item.menu = this
    this.items.splice(at, 0, item)
  }
  getMenuItemById(id) {
    for (const item of this.items) {
      const found = item.id === id ? item : item.submenu?.getMenuItemById(id)
      if (found) return found
    }
    return null
  }
  popup(options = {}) {
    record('Menu.popup')
    standin.popups.push({ menu: this, options })
    this.emit('menu-will-show', {})
  }
  closePopup() {
    standin.popups.pop()?.options.callback?.()
    this.emit('menu-will-close', {})
  }
}
