import { writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { flipFuses } from '@electron/fuses'
import { Arch } from 'electron-builder'
import { closure } from './scripts/package/closure.mjs'
import { developersOnly, headlessOnly, inInterface, needed, runs } from './scripts/package/contents.mjs'
import { fuses } from './scripts/package/fuses.mjs'
import { notice } from './scripts/package/notice.mjs'
import { dependencies, SetupError } from './scripts/setup/run.mjs'
import { worker } from './scripts/setup/worker.mjs'

const wanted = closure(
  dependencies.filter((name) => !headlessOnly.includes(name)),
  runs,
)
const unwanted = closure(dependencies).filter((folder) => !wanted.includes(folder))

/** The desktop app's packages. @satisfies {import('electron-builder').Configuration} */
export default {
  appId: 'app.lanyard.Lanyard',
  productName: 'Lanyard',
  copyright: 'Copyright © 2026 Lanyard contributors',
  // There is none yet, and Debian's packages must name one.
  extraMetadata: { homepage: 'https://lanyard.invalid' },
  artifactName: 'lanyard-${version}-${os}-${arch}.${ext}',
  directories: { output: 'dist', buildResources: 'resources' },
  icon: 'resources/icon.png',
  protocols: { name: 'Lanyard meeting', schemes: ['lanyard'] },
  publish: null,

  files: [
    'package.json',
    'out/**',
    '!out/main/headless.js',
    '!out/sources.sha256',
    ...unwanted.map((folder) => `!${folder}/**`),
    // Of what is needed of a package only one file has the platform in its name.
    ...Object.entries(needed('${platform}-${arch}')).flatMap(([name, patterns]) => [
      `!node_modules/${name}/**`,
      ...patterns.map((pattern) => `node_modules/${name}/${pattern}`),
    ]),
    ...developersOnly.map((pattern) => `!node_modules/${pattern}`),
  ],
  // Only what the system's loader must find as a file lies outside of the archive, whose contents Electron checks.
  asar: { smartUnpack: false },
  asarUnpack: ['**/*.node'],
  // Nothing runs from an archive either.
  extraResources: [
    { from: worker, to: basename(worker) },
    { from: 'resources', to: '.', filter: ['tray*.png'] },
    { from: 'LICENSE', to: 'LICENSE' },
  ],
  // better-sqlite3 brings its binaries, of Node-API, which are Electron's too.
  npmRebuild: false,
  nodeGypRebuild: false,

  linux: {
    target: ['AppImage', 'deb'],
    executableName: 'lanyard',
    category: 'Network;VideoConference;AudioVideo',
    synopsis: 'Meetings that stay on your network',
    maintainer: 'Lanyard contributors',
    desktop: { entry: { StartupWMClass: 'Lanyard', Keywords: 'meeting;call;video;conference;chat;' } },
  },
  mac: {
    target: ['dmg'],
    category: 'public.app-category.video',
    hardenedRuntime: true,
    entitlements: 'resources/mac/entitlements.plist',
    entitlementsInherit: 'resources/mac/entitlements.plist',
    extendInfo: {
      NSCameraUsageDescription: 'Others in a meeting see you when you switch your camera on.',
      NSMicrophoneUsageDescription: 'Others in a meeting hear you when you switch your microphone on.',
      NSAudioCaptureUsageDescription: 'Others in a meeting hear the sound of what you share.',
      NSLocalNetworkUsageDescription: 'Lanyard finds meetings on your network, and lets others join yours.',
      NSBonjourServices: ['_lanyard._tcp'],
    },
  },
  win: { target: ['nsis'] },
  // For the one who installs it, who needs no rights for that.
  nsis: { oneClick: true, perMachine: false, allowElevation: false, packElevateHelper: false },

  /** @param {import('electron-builder').AfterPackContext} context */
  beforePack({ electronPlatformName, arch }) {
    if (electronPlatformName !== process.platform || Arch[arch] !== process.arch) {
      throw new SetupError(
        `The media worker at hand is of ${process.platform}-${process.arch}: pack for ${electronPlatformName}-${Arch[arch]} on such a machine.`,
      )
    }
  },
  /** @param {import('electron-builder').AfterPackContext} context */
  async afterPack({ appOutDir, packager, electronPlatformName }) {
    const contained = [...new Set([...wanted, ...closure(inInterface, runs)])].sort()
    writeFileSync(join(packager.getResourcesDir(appOutDir), 'NOTICE'), notice(contained))
    const { productFilename } = packager.appInfo
    /** @type {Record<string, string>} */
    const programs = { darwin: `${productFilename}.app`, win32: `${productFilename}.exe`, linux: 'lanyard' }
    const program = programs[electronPlatformName] ?? ''
    // Signing comes after this; where there is no key, Apple's processors want the signature anew.
    await flipFuses(join(appOutDir, program), { ...fuses, resetAdHocDarwinSignature: electronPlatformName === 'darwin' })
  },
}
