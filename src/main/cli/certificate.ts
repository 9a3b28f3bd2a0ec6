import type { Command } from 'commander'
import { z } from 'zod'
import { Fingerprint, formatFingerprint } from '../../shared/fingerprint.ts'
import type { CommonOptions, OwnerOptions } from './options.ts'
import { fail, print } from './output.ts'
import { owning, type Owner } from './owner.ts'

const Certificate = z.object({
  fingerprint: Fingerprint,
  words: z.array(z.string()),
  names: z.array(z.string()),
  validUntil: z.iso.datetime(),
  authority: Fingerprint.nullable(),
})
const Answer = z.object({ certificate: Certificate.nullable() })

/** `lanyard certificate …` */
export function addCertificateCommands(program: Command, common: CommonOptions): void {
  const certificate = program.command('certificate').description('what this server is recognised by')
  const command = (name: string, about: string, ask: (owner: Owner) => Promise<z.infer<typeof Answer>>) =>
    certificate
      .command(name)
      .description(about)
      .addOption(common.dataDir())
      .addOption(common.json())
      .action(async (options: OwnerOptions) => {
        const { certificate } = await owning(options, ask)
        if (!certificate) fail('This server has no certificate', 'it makes one when it first speaks TLS: lanyard serve --tls on')
        const { fingerprint, authority } = certificate
        const shown = { fingerprint: formatFingerprint(fingerprint), authority: authority && formatFingerprint(authority) }
        print(options, { ...certificate, ...shown }, told({ ...certificate, ...shown }))
      })

  command('show', 'show its fingerprint, and the six words that stand for it', (owner) => owner.get('/owner/certificate', Answer))
  command(
    'renew',
    'make a new one: in browsers the words are compared again, and links and QR codes of before lead nobody new here',
    (owner) => owner.post('/owner/certificate', Answer, {}),
  )
}

function told({ fingerprint, words, names, validUntil, authority }: z.infer<typeof Certificate>): string {
  const lines = [
    `six words      ${words.join(' ')}`,
    `fingerprint    ${fingerprint}`,
    `authority      ${authority ?? 'none here: its owner has brought the certificate'}`,
    `good until     ${validUntil}`,
    `for            ${names.join(', ')}`,
  ]
  return `${lines.join('\n')}\n`
}
