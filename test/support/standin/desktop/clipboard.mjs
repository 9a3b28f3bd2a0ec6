import { part } from '../core.mjs'
import { NativeImage } from './nativeImage.mjs'

let board = {}
const put = (kind) => (value) => {
  board = { [kind]: value }
}

export const clipboard = part('clipboard', {
  writeText: put('text'),
  readText: () => board.text ?? '',
  writeHTML: put('html'),
  readHTML: () => board.html ?? '',
  writeImage: put('image'),
  readImage: () => board.image ?? new NativeImage(),
  write: (data) => {
    board = { ...data }
  },
  clear: () => {
    board = {}
  },
  availableFormats: () => Object.keys(board).map((k) => ({ text: 'text/plain', html: 'text/html', image: 'image/png' })[k] ?? k),
})
