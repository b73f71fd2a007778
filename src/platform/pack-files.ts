// A pack's files from a folder on the app's own server.

import { FormatError } from '../core/formats/format-error.ts'
import type { PackFiles } from '../core/pack/inference.ts'
import { FetchFailure, fetchBytes } from './fetch-bytes.ts'

/** A pack file that the server does not have. */
export class MissingPackFile extends FormatError {
  constructor(
    readonly path: string,
    reason: string,
  ) {
    super('pack', `${path} is missing: ${reason}`)
  }
}

/**
 * @param baseUrl the pack's folder, with or without a slash at its end
 * @param onProgress gets each file's path and bytes read so far
 */
export function fetchPackFiles<Parser>(
  baseUrl: string,
  parser: Parser,
  onProgress?: (path: string, loaded: number) => void,
): PackFiles<Parser> {
  const folder = baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`
  return {
    parser,
    async read(path) {
      try {
        return await fetchBytes(`${folder}${path}`, onProgress && ((loaded) => onProgress(path, loaded)))
      } catch (error) {
        if (error instanceof FetchFailure) throw new MissingPackFile(path, error.reason)
        throw error
      }
    },
  }
}
