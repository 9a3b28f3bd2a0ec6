/** Firewalls that keep others out of a server: which one there is, and how it lets them in. What is said is for the owner of the machine. */
import { readFileSync } from 'node:fs'
import type { FirewallAdvice } from '../../shared/firewall.ts'

/** The ports of a server. */
export interface Ports {
  /** TCP: pages and signaling, over TLS and, where the owner has opened a port for it, plain. */
  pages: number[]
  /** UDP and TCP: media. */
  media: { min: number; max: number }
}

export type Firewall = 'ufw' | 'firewalld' | 'nftables' | 'windows' | 'macos'

/** The firewall that is switched on here, as far as anyone can see without special rights; null where none is. */
export function firewallHere(platform = process.platform, read = readText): Firewall | null {
  switch (platform) {
    case 'win32':
      return 'windows'
    case 'darwin':
      return 'macos'
    case 'linux':
      if (/^\s*ENABLED\s*=\s*yes\s*$/im.test(read('/etc/ufw/ufw.conf') ?? '')) return 'ufw'
      if (read('/run/firewalld.pid') !== null) return 'firewalld'
      // Rules of one's own; what they let in is in them, or in the kernel, where root alone may look.
      return /hook\s+input\b[^}]*\bpolicy\s+drop/.test(read('/etc/nftables.conf') ?? '') ? 'nftables' : null
    default:
      return null
  }
}

/** How that firewall lets others in to these ports. */
export function firewallAdvice(firewall: Firewall, { pages, media }: Ports): FirewallAdvice {
  const range = (sign: string) => (media.min === media.max ? `${media.min}` : `${media.min}${sign}${media.max}`)
  switch (firewall) {
    case 'ufw':
      return {
        name: 'ufw',
        sentence: 'The firewall ufw is on. These commands let others in:',
        commands: [
          ...pages.map((port) => `sudo ufw allow ${port}/tcp`),
          `sudo ufw allow ${range(':')}/udp`,
          `sudo ufw allow ${range(':')}/tcp`,
        ],
      }
    case 'firewalld':
      return {
        name: 'firewalld',
        sentence: 'The firewall firewalld is on. These commands let others in:',
        commands: [
          `sudo firewall-cmd --permanent ${[...pages, range('-')].map((port) => `--add-port=${port}/tcp`).join(' ')} --add-port=${range('-')}/udp`,
          'sudo firewall-cmd --reload',
        ],
      }
    case 'nftables':
      return {
        name: 'nftables',
        sentence:
          'This system has rules of nftables that may keep others out. These commands let them in until the next start, where the rules are in the table inet filter; lines like them in /etc/nftables.conf keep it so:',
        commands: [
          `sudo nft insert rule inet filter input tcp dport '{ ${[...pages, range('-')].join(', ')} }' accept`,
          `sudo nft insert rule inet filter input udp dport ${range('-')} accept`,
        ],
      }
    case 'windows':
      return {
        name: 'Windows Defender Firewall',
        sentence:
          'Windows asks once whether Lanyard may be reached. Where that was refused, these lines in PowerShell, opened as administrator, let others in:',
        commands: [
          rule('signaling', 'TCP', pages.join(',')),
          ...(['UDP', 'TCP'] as const).map((protocol) => rule(`media (${protocol})`, protocol, range('-'))),
        ],
      }
    case 'macos':
      return {
        name: 'the firewall of macOS',
        sentence:
          'macOS asks once whether Lanyard may be reached. Where that was refused: System Settings → Network → Firewall → Options, and allow incoming connections for Lanyard.',
        commands: [],
      }
  }
}

const rule = (what: string, protocol: string, ports: string) =>
  `New-NetFirewallRule -DisplayName 'Lanyard ${what}' -Direction Inbound -Action Allow -Profile Private -Protocol ${protocol} -LocalPort ${ports}`

/** Null where there is no such file, or not for us to read. */
function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
