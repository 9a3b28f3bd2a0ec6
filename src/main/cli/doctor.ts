import { Option, type Command } from 'commander'
import { checkTitles } from '../../shared/checkup.ts'
import { parseFingerprint, type Fingerprint } from '../../shared/fingerprint.ts'
import type { OwnServer, Target } from '../lan/doctor/Check.ts'
import { examine, readable } from '../lan/doctor/examine.ts'
import { serversSeen } from '../lan/doctor/serversSeen.ts'
import { runningServer } from '../server/index.ts'
import type { CommonOptions } from './options.ts'
import { fail, print, warn } from './output.ts'
import { addSettings, settingsOf, type Settings } from './settings.ts'

/** The port of a server where none is said. */
const USUAL_PORT = 4433

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
        address === undefined ? await serversSeen(running?.fingerprint ?? null) : [target(address, options.fingerprint)]
      const tell = process.stderr.isTTY && !options.json ? showProgress : () => {}
      const checkup = await examine({ targets, own, isGeneral: address === undefined, tell })
      print(options, checkup, readable(checkup))
      process.exitCode = checkup.ok ? 0 : 1
    })
}

/** What runs where it runs, or what would be started. */
function ownServer({ host, port, rtcPorts }: Pick<Settings, 'host' | 'port' | 'rtcPorts'>, runsAt: number | null): OwnServer {
  return { isRunning: runsAt !== null, host, port: runsAt ?? port, rtcPorts }
}

/** A link carries the fingerprint in its fragment, or, one for the app, in its query. Ends the program where it is none of all that. */
function target(text: string, fingerprint: string | undefined): Target {
  const url = URL.parse(/^[a-z]+:\/\//i.test(text) ? text : `https://${text}`)
  const carried = new URLSearchParams(url?.hash.slice(1) || url?.search)
  const addresses = [...(url?.protocol === 'lanyard:' ? [] : [url?.host ?? '']), ...(carried.get('at')?.split(',') ?? [])]
  const told = fingerprint ?? carried.get('fp')
  const expected = told === null ? null : parseFingerprint(told)
  if (told !== null && expected === null) return fail('That is no fingerprint', 'one has 64 hexadecimal digits', 2)
  const isLink = text.includes('://')
  const usable = addresses.filter((address) => address !== '' && URL.canParse(`https://${address}`))
  if (!isLink && url) return targetAt([hasPort(text) ? text : `${text}:${USUAL_PORT}`], expected)
  if (usable.length === 0) return fail(`${text} is no address`, 'one looks like 192.168.1.20:4433', 2)
  return targetAt(
    usable.map((address) => (isLink || hasPort(address) ? address : `${address}:${USUAL_PORT}`)),
    expected,
  )
}

const targetAt = (addresses: string[], fingerprint: Fingerprint | null): Target => ({
  name: addresses[0]!,
  addresses,
  fingerprint,
})

/** As it was typed; IPv6 stands in brackets. */
const hasPort = (address: string) => /:\d+$/.test(address)

const showProgress: NonNullable<Parameters<typeof examine>[0]['tell']> = ({ name, server, result }) => {
  if (result === null) warn(`${checkTitles[name]}${server === null ? '' : ` (${server})`}…`)
}
