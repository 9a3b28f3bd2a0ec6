import { expect, test } from 'vitest'
import { firewallAdvice, firewallHere } from '../../src/main/lan/firewall.ts'

const ports = { pages: [4_433], media: { min: 44_400, max: 44_499 } }
const reading = (files: Record<string, string>) => (file: string) => files[file] ?? null

test('the firewall of Linux is found by the files that say that it is on', () => {
  const on = (files: Record<string, string>) => firewallHere('linux', reading(files))
  expect(on({})).toBeNull()
  expect(on({ '/etc/ufw/ufw.conf': '# comment\nENABLED=yes\nLOGLEVEL=low\n' })).toBe('ufw')
  expect(on({ '/etc/ufw/ufw.conf': '# ENABLED=yes\nENABLED=no\n' })).toBeNull()
  expect(on({ '/run/firewalld.pid': '' })).toBe('firewalld')
  const chain = (policy: string) =>
    `table inet filter {\n  chain input {\n    type filter hook input priority 0; policy ${policy};\n  }\n}\n`
  expect(on({ '/etc/nftables.conf': chain('drop') })).toBe('nftables')
  expect(on({ '/etc/nftables.conf': chain('accept') })).toBeNull()
})

test('Windows and macOS have one; of other systems nothing is known', () => {
  expect(firewallHere('win32')).toBe('windows')
  expect(firewallHere('darwin')).toBe('macos')
  expect(firewallHere('freebsd')).toBeNull()
})

test('the commands open the port of the pages by TCP, and those of media by UDP and TCP', () => {
  expect(firewallAdvice('ufw', ports).commands).toEqual([
    'sudo ufw allow 4433/tcp',
    'sudo ufw allow 44400:44499/udp',
    'sudo ufw allow 44400:44499/tcp',
  ])
  expect(firewallAdvice('firewalld', ports).commands).toEqual([
    'sudo firewall-cmd --permanent --add-port=4433/tcp --add-port=44400-44499/tcp --add-port=44400-44499/udp',
    'sudo firewall-cmd --reload',
  ])
  expect(firewallAdvice('nftables', ports).commands).toEqual([
    "sudo nft insert rule inet filter input tcp dport '{ 4433, 44400-44499 }' accept",
    'sudo nft insert rule inet filter input udp dport 44400-44499 accept',
  ])
  const windows = firewallAdvice('windows', ports).commands
  expect(windows).toHaveLength(3)
  expect(windows[0]).toContain('-Direction Inbound -Action Allow -Profile Private -Protocol TCP -LocalPort 4433')
  expect(windows[1]).toContain('-Protocol UDP -LocalPort 44400-44499')
  expect(firewallAdvice('macos', ports)).toMatchObject({ commands: [], sentence: expect.stringContaining('System Settings') })
})

test('a single media port is named alone', () => {
  const alone = { pages: [5_000], media: { min: 44_400, max: 44_400 } }
  expect(firewallAdvice('ufw', alone).commands).toContain('sudo ufw allow 44400/udp')
})

test('the plain port is opened along with the other', () => {
  const both = { ...ports, pages: [4_433, 4_480] }
  expect(firewallAdvice('ufw', both).commands).toContain('sudo ufw allow 4480/tcp')
  expect(firewallAdvice('firewalld', both).commands[0]).toContain('--add-port=4433/tcp --add-port=4480/tcp')
  expect(firewallAdvice('nftables', both).commands[0]).toContain("'{ 4433, 4480, 44400-44499 }'")
  expect(firewallAdvice('windows', both).commands[0]).toContain('-LocalPort 4433,4480')
})
