// Fails a deploy to a page whose host serves others too: they could read what people keep in Kindred. See SECURITY.md.

import { pathToFileURL } from 'node:url'

/** The value of the variable KINDRED_SHARED_ORIGIN by which a deployer says that this is known. */
const ACCEPTED = 'accepted'

/**
 * Null where a deploy may go on, otherwise why not.
 *
 * @param pageUrl where the page will be
 * @param acknowledged the variable's value
 */
export function refuseSharedOrigin(pageUrl: string, acknowledged: string | undefined): string | null {
  const { host, pathname } = new URL(pageUrl)
  if (pathname === '/' || acknowledged === ACCEPTED) return null
  return [
    `${pageUrl} is below the root of ${host}: every other page of that host can read and delete what people keep in Kindred.`,
    `Give it a domain of its own or, if all of ${host} is yours, set the variable KINDRED_SHARED_ORIGIN to "${ACCEPTED}".`,
  ].join('\n')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const refusal = refuseSharedOrigin(process.argv[2] ?? '', process.env.KINDRED_SHARED_ORIGIN)
  if (refusal !== null) {
    console.error(refusal)
    process.exitCode = 1
  }
}
