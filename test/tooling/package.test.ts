import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { FuseV1Options } from '@electron/fuses'
import { expect, test } from 'vitest'
import config from '../../electron-builder.config.mjs'
import { fuses } from '../../scripts/package/fuses.mjs'

const root = resolve(import.meta.dirname, '../..')
// electron-builder's own tools, in the versions that it uses.
const ofBuilder = createRequire(
  createRequire(createRequire(import.meta.url).resolve('electron-builder')).resolve('app-builder-lib'),
)

test('the configuration is one that electron-builder takes, and a wrong one is not', async () => {
  const { validateConfiguration } = ofBuilder('./util/config/config.js') as {
    validateConfiguration: (config: object, log: { add: () => void; isEnabled: boolean }) => Promise<void>
  }
  const log = { add() {}, isEnabled: false }
  await validateConfiguration(config, log)
  await expect(validateConfiguration({ ...config, linux: { categories: 'Network' } }, log)).rejects.toThrow('configuration.linux')
})

test('every fuse of this Electron is decided, and those that open the app are off', () => {
  const names = Object.values(FuseV1Options).filter((option) => typeof option === 'number')
  expect(
    Object.keys(fuses)
      .filter((key) => /^\d+$/.test(key))
      .map(Number),
  ).toEqual(names)
  expect(fuses).toMatchObject({
    strictlyRequireAllFuses: true,
    [FuseV1Options.RunAsNode]: false,
    [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: false,
    [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
    [FuseV1Options.OnlyLoadAppFromAsar]: true,
    [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
    [FuseV1Options.EnableCookieEncryption]: true,
  })
})

test('macOS is told which devices the app asks for and why, and of no other right', async () => {
  const plist = ofBuilder('plist') as { parse: (text: string) => Record<string, unknown> }
  const { entitlements, entitlementsInherit, extendInfo } = config.mac
  expect(entitlementsInherit).toBe(entitlements)
  expect(plist.parse(await readFile(join(root, entitlements), 'utf8'))).toEqual({
    'com.apple.security.cs.allow-jit': true,
    'com.apple.security.device.audio-input': true,
    'com.apple.security.device.camera': true,
    'com.apple.security.network.client': true,
    'com.apple.security.network.server': true,
  })
  for (const what of ['Camera', 'Microphone', 'AudioCapture', 'LocalNetwork'] as const) {
    expect(extendInfo[`NS${what}UsageDescription`]).toMatch(/^[A-Z].+\.$/)
  }
  expect(extendInfo.NSBonjourServices).toEqual(['_lanyard._tcp'])
})

test('every file that the configuration names is there', () => {
  const { icon, extraResources, mac } = config
  const named = [icon, mac.entitlements, ...extraResources.map(({ from }) => from)]
  // The media worker is brought when the app is packed.
  const missing = named.filter((path) => !existsSync(resolve(root, path)) && !path.includes('mediasoup-worker'))
  expect(missing).toEqual([])
})

test('the pictures have the sizes that systems ask for', async () => {
  const sizes = { 'icon.png': 1024, 'tray.png': 16, 'tray@2x.png': 32, 'trayTemplate.png': 16, 'trayTemplate@2x.png': 32 }
  for (const [name, size] of Object.entries(sizes)) {
    const png = await readFile(join(root, 'resources', name))
    // A PNG begins with its header, width and height from byte 16 on.
    expect([png.toString('latin1', 1, 4), png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual(['PNG', size, size])
  }
})
