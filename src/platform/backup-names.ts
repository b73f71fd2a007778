// How a backup's files are called, and what it may say of the model in use.

import { readPackUrl } from './pack-url.ts'

export const GALLERY = 'gallery.json'
export const SETTINGS = 'settings.json'

/** Of a model, in characters. */
export const LONGEST_NAME = 200
const LONGEST_URL = 2000

/** The addresses of which a pack may come, as they are kept once it has. */
export function isPackUrl(text: string): boolean {
  if (text.length > LONGEST_URL) return false
  try {
    return readPackUrl(text, text) === text
  } catch {
    return false
  }
}
