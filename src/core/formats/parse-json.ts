// JSON from outside, checked against a schema.

import * as v from 'valibot'
import { FormatError } from './format-error.ts'

/**
 * What a JSON text holds, as the schema gives it. Throws FormatError(format, …) where it is not JSON or does not fit.
 *
 * @param name the file or part that the text is of; null where the text is the whole of the format
 */
export function parseJson<T extends v.GenericSchema>(
  format: string,
  name: string | null,
  text: string,
  schema: T,
): v.InferOutput<T> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new FormatError(format, `${name === null ? '' : `${name} is `}not JSON: ${reason}`)
  }
  const result = v.safeParse(schema, json)
  if (result.success) return result.output
  const [issue] = result.issues
  const path = v.getDotPath(issue) ?? 'root'
  throw new FormatError(format, `${name === null ? '' : `${name}: `}${path}: ${issue.message}`)
}
