import { part } from '../core.mjs'

/** Not encryption: the text stays readable, and its label says so. */
const LABEL = 'standin-plain:'

function encryptString(text) {
  return Buffer.from(`${LABEL}${text}`)
}

function decryptString(bytes) {
  const text = bytes.toString()
  if (text.startsWith(LABEL)) return text.slice(LABEL.length)
  throw new Error('Error while decrypting the ciphertext provided to safeStorage.decryptString.')
}

export const safeStorage = part('safeStorage', {
  isEncryptionAvailable: () => true,
  isAsyncEncryptionAvailable: async () => true,
  getSelectedStorageBackend: () => 'basic_text',
  setUsePlainTextEncryption() {},
  encryptString,
  decryptString,
  encryptStringAsync: async (text) => encryptString(text),
  decryptStringAsync: async (bytes) => ({ result: decryptString(bytes), shouldReEncrypt: false }),
})
