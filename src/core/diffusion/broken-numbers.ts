// Tells a model's answer from the garbage that a GPU without enough range, or one that failed quietly, gives instead.

import type { Tensor } from '../tensor/tensor.ts'

/** What the model gave cannot be a picture: not finite, or one flat colour. */
export class BrokenNumbersError extends Error {
  override readonly name = 'BrokenNumbersError'
}

/** Throws BrokenNumbersError where a number is NaN or infinite. */
export function requireFinite(label: string, { data }: Tensor): void {
  const at = data.findIndex((value) => !Number.isFinite(value))
  if (at >= 0) throw new BrokenNumbersError(`${label}: number ${at} of ${data.length} is ${data[at]}`)
}

/** Throws BrokenNumbersError also where all the numbers are the same, as in a black picture: no model paints that. */
export function requirePicture(label: string, picture: Tensor): void {
  requireFinite(label, picture)
  const [first] = picture.data
  if (picture.data.every((value) => value === first)) {
    throw new BrokenNumbersError(`${label}: all ${picture.data.length} numbers are ${first}`)
  }
}
