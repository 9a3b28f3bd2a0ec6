import { Option, type Command } from 'commander'
import { hostPortOf, parseHostPort } from '../../shared/address.ts'
import { checkTitles } from '../../shared/checkup.ts'
import { parseFingerprint } from '../../shared/fingerprint.ts'
import { USUAL_PORT } from '../../shared/ports.ts'
import { readRoomLink } from '../../shared/roomLink.ts'
import type { OwnServer, Target } from '../lan/doctor/Check.ts'
import { examine, readable } from '../lan/doctor/examine.ts'
import { serversSeen } from '../lan/doctor/serversSeen.ts'
import { runningServer } from '../server/index.ts'
import type { CommonOptions } from './options.ts'
import { fail, print, warn } from './output.ts'
import { addSettings, settingsOf, type Settings } from './settings.ts'

/** `lanyard doctor`: what keeps this computer from a server, or others from this computer. It ends with 1 where something does. */
export function addDoctorCommand(program: Command, common: CommonOptions): void {
  const command = program
    .command('doctor')
    .description('find out what keeps this computer from a server, or others from this one')
    .argument(
      '[address]',
      'HOST:PORT of a server, or a link to a meeting; without it: this computer, and the servers that it sees',
    )
    .addOption(new Option('--fingerprint <fingerprint>', 'whose certificate has to be there'))
  addSettings(command, common)
    .addOption(common.json())
    .action(async (address: string | undefined, options: { json?: boolean; fingerprint?: string }) => {
      const running = await runningServer(settingsOf(command).settings.dataDir).catch(() => null)
      const own = ownServer(running?.config ?? settingsOf(command).settings, running && Number(new URL(running.url).port))
      const targets =
        address === undefined ? await serversSeen(running?.fingerprint ?? null) : [targetOf(address, options.fingerprint)]
      const tell = process.stderr.isTTY && !options.json ? showProgress : () => {}
      const checkup = await examine({ targets, own, isGeneral: address === undefined, mayAskStrangers: true, tell })
      print(options, checkup, readable(checkup))
      process.exitCode = checkup.ok ? 0 : 1
    })
}

/** What runs where it runs, or what would be started. */
function ownServer({ host, port, rtcPorts }: Pick<Settings, 'host' | 'port' | 'rtcPorts'>, runsAt: number | null): OwnServer {
  return { isRunning: runsAt !== null, host, port: runsAt ?? port, rtcPorts }
}

/** Out of an address or a link, which carries the fingerprint. Ends the program where it is neither. */
function targetOf(text: string, told: string | undefined): Target {
  const link = text.includes('/') ? readRoomLink(text).link : null
  const typed = hostPortOf(text) ?? parseHostPort(text) ?? parseHostPort(`${text}:${USUAL_PORT}`)
  const addresses = link ? link.addresses : typed === null ? [] : [typed]
  const fingerprint = told === undefined ? (link?.fingerprint ?? null) : parseFingerprint(told)
  if (told !== undefined && fingerprint === null) return fail('That is no fingerprint', 'one has 64 hexadecimal digits', 2)
  const [name] = addresses
  if (name === undefined) return fail(`${text} is no address`, 'one looks like 192.168.1.20:4433, IPv6 stands in brackets', 2)
  return { name, addresses, fingerprint }
}

const showProgress: NonNullable<Parameters<typeof examine>[0]['tell']> = ({ name, server, result }) => {
  if (result === null) warn(`${checkTitles[name]}${server === null ? '' : ` (${server})`}…`)
}
