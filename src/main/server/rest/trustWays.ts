/** How an authority is installed, and taken away again, on each system. */

export type Platform = 'ios' | 'android' | 'windows' | 'macos' | 'chromeos' | 'linux'

export interface Way {
  platform: Platform
  name: string
  steps: string[]
  remove: string
}

export const ways: Way[] = [
  {
    platform: 'ios',
    name: 'iPhone and iPad',
    steps: [
      'Open this page in Safari, tap Download the authority, and allow it.',
      'Open Settings. Tap Profile Downloaded, or General › VPN & Device Management, then the Lanyard authority, and Install.',
      'Go to General › About › Certificate Trust Settings, and switch the Lanyard authority on.',
    ],
    remove: 'Settings › General › VPN & Device Management › the Lanyard authority › Remove Profile.',
  },
  {
    platform: 'android',
    name: 'Android',
    steps: [
      'Tap Download the authority.',
      'Open Settings, and search there for CA certificate (it is under Security, Encryption & credentials, Install a certificate).',
      'Tap Install anyway, and choose lanyard-authority.crt.',
      'Chrome goes by it at once. Firefox on Android does not; there, pass its warning.',
    ],
    remove: 'Settings, search for User credentials (or Trusted credentials › User), the Lanyard authority, Remove.',
  },
  {
    platform: 'windows',
    name: 'Windows',
    steps: [
      'Download the authority, and open the file.',
      'Choose Install Certificate, Current User, then Place all certificates in the following store, Browse, Trusted Root Certification Authorities.',
      'Windows asks once more, and shows a thumbprint. Say Yes. Chrome and Edge go by it, and Firefox from version 120 on.',
    ],
    remove: 'press Windows+R, open certmgr.msc, and delete it under Trusted Root Certification Authorities › Certificates.',
  },
  {
    platform: 'macos',
    name: 'macOS',
    steps: [
      'Download the authority, and open the file: Keychain Access takes it into the keychain login.',
      'Double-click it there, open Trust, and set When using this certificate to Always Trust. Details show its SHA-256 fingerprint.',
      'Safari, Chrome and Edge go by it, and Firefox from version 120 on.',
    ],
    remove: 'delete it in Keychain Access.',
  },
  {
    platform: 'chromeos',
    name: 'ChromeOS',
    steps: [
      'Download the authority.',
      'Open Settings › Privacy and security › Security › Manage certificates › Authorities, choose Import and the file.',
      'Tick Trust this certificate for identifying websites.',
    ],
    remove: 'delete it in the same list.',
  },
  {
    platform: 'linux',
    name: 'Linux',
    steps: [
      'Download the authority.',
      'Firefox: Settings › Privacy & Security › View Certificates › Authorities › Import, and tick Trust this CA to identify websites.',
      'Chrome and Chromium: Settings › Privacy and security › Security › Manage certificates, import it among the trusted ones (in older versions: Authorities).',
    ],
    remove: 'delete it in the same list of the browser.',
  },
]

/** The system that a browser names itself as being on. An iPad says that it is a Mac. */
export function platformOf(userAgent: string): Platform {
  if (/iPhone|iPad|iPod/.test(userAgent)) return 'ios'
  if (userAgent.includes('Android')) return 'android'
  if (userAgent.includes('CrOS')) return 'chromeos'
  if (userAgent.includes('Windows')) return 'windows'
  return userAgent.includes('Mac') ? 'macos' : 'linux'
}
