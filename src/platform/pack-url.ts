// The address of a pack on another server, as a person types or pastes it.

import { JobError } from '../protocol/errors.ts'

const OWN_MACHINE = /^(localhost|127\.0\.0\.1|\[::1\])$/

/**
 * The pack's folder, with a slash at its end; the address may name its pack.json. Only https, this machine, or the app's own
 * server: anything else could be read and altered on its way. Throws JobError('invalid-input').
 *
 * @param appUrl the page's own address
 */
export function readPackUrl(text: string, appUrl: string): string {
  let url: URL
  try {
    url = new URL(text.trim(), appUrl)
  } catch {
    throw new JobError('invalid-input', 'that is no address of a pack', text)
  }
  const isSafe =
    url.protocol === 'https:' ||
    (url.protocol === 'http:' && (OWN_MACHINE.test(url.hostname) || url.origin === new URL(appUrl).origin))
  if (!isSafe || url.username !== '' || url.password !== '') {
    throw new JobError('invalid-input', 'a pack comes over https, without a password in its address', text)
  }
  const folder = url.pathname.replace(/\/pack\.json$/, '/')
  return `${url.origin}${folder.endsWith('/') ? folder : `${folder}/`}`
}
