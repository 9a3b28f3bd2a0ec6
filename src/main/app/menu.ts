import { app, Menu, type MenuItemConstructorOptions } from 'electron'
import type { Command } from '../../shared/bridge.ts'

/** The application's menu: the system's own roles where there are some, and what the window does by itself. */
export function showMenu(command: (command: Command) => void): void {
  const mac = process.platform === 'darwin'
  const item = (label: string, name: Command, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    click: () => command(name),
    ...(accelerator !== undefined && { accelerator }),
  })
  const about = item(`About ${app.name}`, 'about')
  const settings = item('Settings…', 'settings', 'CmdOrCtrl+,')
  const template: MenuItemConstructorOptions[] = [
    ...(mac
      ? [
          {
            label: app.name,
            submenu: [
              about,
              { type: 'separator' as const },
              settings,
              { type: 'separator' as const },
              { role: 'services' as const },
              { type: 'separator' as const },
              { role: 'hide' as const },
              { role: 'hideOthers' as const },
              { role: 'unhide' as const },
              { type: 'separator' as const },
              { role: 'quit' as const },
            ],
          },
        ]
      : []),
    {
      label: 'Meeting',
      submenu: [
        item('New room…', 'newRoom', 'CmdOrCtrl+N'),
        { type: 'separator' },
        item('Microphone on or off', 'toggleMicrophone', 'CmdOrCtrl+D'),
        item('Camera on or off', 'toggleCamera', 'CmdOrCtrl+E'),
        { type: 'separator' },
        item('Leave', 'leave'),
        ...(mac ? [] : [{ type: 'separator' as const }, settings, { role: 'quit' as const }]),
      ],
    },
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        ...(app.isPackaged ? [] : [{ role: 'toggleDevTools' as const }]),
      ],
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      label: 'Help',
      submenu: [item('Keyboard shortcuts', 'shortcuts'), item('Check the network…', 'checkNetwork'), ...(mac ? [] : [about])],
    },
  ]
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}
