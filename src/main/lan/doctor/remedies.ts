/** What people are told of a culprit: a sentence or two, and what to do on this system. */
import type { Culprit, Sureness } from '../../../shared/checkup.ts'
import { USUAL_MEDIA_PORTS, USUAL_PORT } from '../../../shared/ports.ts'
import { firewallAdvice, firewallHere, type Firewall } from '../firewall.ts'
import type { OwnServer, Patient, Seen } from './Check.ts'
import type { Diagnosis } from './diagnosis.ts'
import { lengthOf } from './clock.ts'
import { named } from './route.ts'

export interface Remedy {
  summary: string
  steps: string[]
}

/** How a sentence begins that is not certain. */
const doubts: Record<Sureness, string> = { certain: '', likely: 'Most likely: ', possible: 'Possibly: ' }

type Words = (told: { patient: Patient; seen: Seen; firewall: Firewall | null }) => Remedy

/** `firewall` is what this computer has. */
export function remedyFor(
  { culprit, sureness }: Diagnosis,
  patient: Patient,
  seen: Seen,
  firewall = firewallHere(patient.platform),
): Remedy {
  if (culprit === null) return wellWith(patient, seen)
  const { summary, steps } = words[culprit]({ patient, seen, firewall })
  const doubt = doubts[sureness]
  return { summary: doubt === '' ? summary : `${doubt}${summary.charAt(0).toLowerCase()}${summary.slice(1)}`, steps }
}

function wellWith({ target }: Patient, { multicast, server }: Seen): Remedy {
  if (target && !server)
    return {
      summary: `The way to ${target.name} is open. Nobody here has met this server, so nothing more was asked of it.`,
      steps: ['Join a meeting there, and compare the words with the host; then look again.'],
    }
  if (target) return { summary: `All is well between this computer and ${target.name}.`, steps: [] }
  const nobody = multicast?.others.length === 0 ? ' Nobody else was heard, so only half of it could be looked at.' : ''
  return {
    summary: `Nothing is wrong that this computer can see by itself.${nobody}`,
    steps: ['To look at the way to a server, start one on another computer, or name its address.'],
  }
}

const words: Record<Culprit, Words> = {
  noNetwork: ({ patient }) => ({
    summary: 'This computer is on no network.',
    steps: ['Plug a cable in, or join a Wi-Fi: the same one as the others.', openNetworkSettings(patient.platform)],
  }),
  selfAssigned: ({ patient }) => ({
    summary: 'This computer has waited in vain for an address, so nobody else is on its network.',
    steps: [
      'Leave the network and join it again, or pull the cable and plug it back in.',
      'Where others have the same fault, the router that gives out addresses (DHCP) is to be started anew.',
      openNetworkSettings(patient.platform),
    ],
  }),
  unknownName: ({ seen }) => ({
    summary: `Nobody here knows the name ${seen.connection?.host}.`,
    steps: ['Check how it is written.', 'Use the address in numbers instead; the one who hosts sees it in Lanyard.'],
  }),
  wrongRoute: ({ patient, seen }) => ({
    summary: `What is sent to ${whereOf(seen)} leaves by ${seen.route?.by ? named(seen.route.by) : 'another network'}, and never gets there.`,
    steps: [
      'Disconnect the VPN, and try again.',
      'Where it has to stay on: let it leave the local network alone (split tunnelling, “allow access to local network”).',
      ...(patient.platform === 'linux' ? [`\`ip route get ${seen.route?.address}\` shows the way that is taken.`] : []),
    ],
  }),
  noRoute: ({ patient, seen }) => ({
    summary: `This computer has no way to ${whereOf(seen)}.`,
    steps: ['Join the network that the server is on.', openNetworkSettings(patient.platform)],
  }),
  permission: () => ({
    summary: 'This system (macOS) does not let Lanyard talk to others on the local network.',
    steps: ['System Settings → Privacy & Security → Local Network: switch Lanyard on.', 'Quit Lanyard, and open it again.'],
  }),
  ownFirewall: ({ seen }) => ({
    summary: `The firewall of this computer does not let Lanyard out to ${whereOf(seen)}.`,
    steps: ['Allow outgoing connections for Lanyard in it.'],
  }),
  notRunning: ({ seen }) => ({
    summary: `No server listens at ${whereOf(seen)}: the computer is there, and refuses.`,
    steps: [
      'Ask whoever hosts whether Lanyard still hosts, and at which address and port.',
      'Where it does, it listens for its own computer alone (--host 0.0.0.0 lets others in), or its firewall refuses.',
    ],
  }),
  hostFirewall: ({ seen }) => ({
    summary: `A firewall keeps this computer away from ${whereOf(seen)}.`,
    steps: onHost(seen, 'TCP'),
  }),
  isolation: ({ seen }) => ({
    summary: `This network keeps its clients apart: ${seen.connection?.address ?? 'the server'} is not heard at all, although this computer is on the same network. The server’s computer may also be off.`,
    steps: [
      'See that the server’s computer is on, and on this network.',
      'Leave the guests’ Wi-Fi for another one, or use a cable. Guests’ networks and hotels often keep clients apart.',
      'Whoever looks after the access point can switch that off: “client isolation”, “AP isolation”.',
      'A phone that shares its connection is a network of your own.',
    ],
  }),
  hostAbsent: ({ seen }) => ({
    summary: `Nobody is at ${seen.connection?.address ?? 'that address'}, although others on this network are heard.`,
    steps: [
      'See that the server’s computer is on, awake, and on this network.',
      'Ask for its address again: it may have changed.',
    ],
  }),
  notLanyard: ({ seen }) => ({
    summary: `Whoever answers at ${whereOf(seen)} is no Lanyard server.`,
    steps: [
      'Check the port: another program may have it, and Lanyard another one. Its port for browsers without encryption is not this one either.',
      'A Lanyard of another version is to be updated.',
    ],
  }),
  wrongCertificate: ({ patient, seen }) => ({
    summary: `Whoever answers at ${whereOf(seen)} is not ${whoOf(patient)}: the certificate is another one.`,
    steps: [
      'Do not go on. Ask the host to compare the six words with you.',
      'Where the server was set up anew, its people say so, and give out a new link.',
      'Where it was not, someone has taken its address, or stands between you and it.',
    ],
  }),
  unanswering: ({ seen }) => ({
    summary: `The server at ${whereOf(seen)} takes connections, and then does not answer.`,
    steps: ['Its computer may be overloaded or asleep: try again in a minute.', 'Its log says more.'],
  }),
  clock: ({ patient, seen }) => ({
    summary: `The clocks of both computers are ${lengthOf(Math.abs(seen.clock?.aheadMs ?? 0))} apart, so certificates seem out of date.`,
    steps: ['Look which of the two is wrong.', setClock(patient.platform)],
  }),
  media: ({ seen }) => ({
    summary: `The server is reached, and its media port is not, neither over UDP nor over TCP: meetings will be without sound and pictures.`,
    steps: onHost(seen, 'media'),
  }),
  udp: ({ seen }) => ({
    summary: seen.mediaUdp?.heard
      ? 'UDP gets to the server, and its answers do not come back. Sound and pictures take TCP instead, with more delay.'
      : 'UDP does not get through to the server. Sound and pictures take TCP instead, with more delay.',
    steps: seen.mediaUdp?.heard
      ? ['Allow UDP for Lanyard in the firewall of this computer, or leave a VPN that blocks it.', ...onHost(seen, 'UDP')]
      : onHost(seen, 'UDP'),
  }),
  portTaken: ({ patient: { own }, seen }) => ({
    summary: `Port ${own.port} is in use by ${seen.ports?.taken?.by ?? 'another program'}, so Lanyard cannot host there.`,
    steps: [`End ${seen.ports?.taken?.by ?? 'that program'}, or let Lanyard use another port: in its settings, or with --port.`],
  }),
  mediaPortsTaken: ({ patient: { own } }) => ({
    summary: `No media port between ${own.rtcPorts.min} and ${own.rtcPorts.max} is free, so Lanyard cannot host.`,
    steps: ['End the other server that has them, or choose others with --rtc-port-range.'],
  }),
  multicast: ({ seen, firewall, patient }) => ({
    summary:
      'What is sent to everyone (multicast) does not get through, so servers are not seen; by address and link they are reached.',
    steps: [
      ...(seen.multicast?.own ? [] : allowDiscovery(firewall, patient)),
      'Join by link or by address instead.',
      'Whoever looks after the network can let multicast DNS through: UDP 5353, IGMP snooping with a querier, no “multicast filter”.',
    ],
  }),
  multicastIn: ({ seen, firewall, patient }) => ({
    summary: seen.multicast?.isPortTaken
      ? 'Another program keeps the port of discovery (UDP 5353) to itself, so servers are not seen.'
      : seen.multicast?.own
        ? 'What servers send to everyone (multicast) does not come to this computer, so they are not seen.'
        : 'The firewall of this computer keeps out what servers send to everyone (multicast), so they are not seen.',
    steps: [...allowDiscovery(firewall, patient), 'Join by link or by address instead.'],
  }),
  multicastOut: ({ seen, firewall, patient }) => ({
    summary: seen.multicast?.own
      ? 'What this computer sends to everyone (multicast) does not get to others, so they do not see what it hosts.'
      : 'The firewall of this computer keeps in what it sends to everyone (multicast), so others do not see what it hosts.',
    steps: [...allowDiscovery(firewall, patient), 'Give a link to those who are to join.'],
  }),
  inbound: ({ patient: { own }, firewall }) => ({
    summary: 'Others cannot connect to this computer, so nobody could join what it hosts. Joining others works.',
    steps: openPorts(firewall, own),
  }),
}

/** By its name, where it has one besides its address. */
const whoOf = ({ target }: Patient) =>
  target && !target.addresses.includes(target.name) ? target.name : 'the server that is meant'

const whereOf = ({ connection }: Seen) =>
  connection ? `${connection.address ?? connection.host}, port ${connection.port}` : 'the server'

/** The server's computer is another one, of which nothing is known. */
function onHost({ connection, mediaUdp, mediaTcp }: Seen, what: 'TCP' | 'UDP' | 'media'): string[] {
  const port = connection?.port ?? USUAL_PORT
  const usual = `${USUAL_MEDIA_PORTS.min}–${USUAL_MEDIA_PORTS.max}`
  const media = (mediaUdp ?? mediaTcp)?.tried[0]?.replace(/^.*:/, '') ?? usual
  const wanted =
    what === 'TCP' ? `TCP ${port}, and UDP and TCP ${usual}` : what === 'UDP' ? `UDP ${media}` : `UDP and TCP ${media}`
  return [
    `On the server’s computer, let Lanyard through the firewall: ${wanted}. *Check the network* there, or \`lanyard doctor\`, says how.`,
    'Where it is a network of an office or a school, ask whoever looks after it for the same.',
  ]
}

function openPorts(firewall: Firewall | null, { port, rtcPorts }: OwnServer): string[] {
  if (!firewall)
    return [`Let TCP ${port}, and UDP and TCP ${rtcPorts.min}–${rtcPorts.max}, through the firewall of this computer.`]
  const { sentence, commands } = firewallAdvice(firewall, { pages: [port], media: rtcPorts })
  return [sentence, ...commands.map((command) => `\`${command}\``)]
}

/** Multicast DNS in the words of that firewall. */
function allowDiscovery(firewall: Firewall | null, { platform }: Patient): string[] {
  switch (firewall) {
    case 'ufw':
      return ['Let discovery through the firewall of this computer: `sudo ufw allow 5353/udp`']
    case 'firewalld':
      return [
        'Let discovery through the firewall of this computer: `sudo firewall-cmd --permanent --add-service=mdns && sudo firewall-cmd --reload`',
      ]
    case 'windows':
      return [
        'In Windows Settings → Network & internet, set this network to *Private*: in public ones Windows keeps discovery out.',
      ]
    case 'macos':
      return ['System Settings → Privacy & Security → Local Network: switch Lanyard on.']
    default:
      return platform === 'linux' ? ['Let UDP port 5353 through the firewall of this computer, in and out.'] : []
  }
}

function openNetworkSettings(platform: NodeJS.Platform): string {
  switch (platform) {
    case 'darwin':
      return 'System Settings → Network shows which networks there are.'
    case 'win32':
      return 'Settings → Network & internet shows which networks there are.'
    default:
      return '`ip address` and `nmcli device` show which networks there are.'
  }
}

function setClock(platform: NodeJS.Platform): string {
  switch (platform) {
    case 'darwin':
      return 'System Settings → General → Date & Time: set it by itself, or by hand where there is no internet.'
    case 'win32':
      return 'Settings → Time & language → Date & time: set it by itself, or by hand where there is no internet.'
    default:
      return '`sudo timedatectl set-ntp true` sets it by itself; without internet, `sudo timedatectl set-time` does by hand.'
  }
}
