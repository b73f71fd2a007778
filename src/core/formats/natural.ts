// What may be a size, a place or a count, of all that a file may say.

/** A whole number from 0 on that is not rounded. */
export function isNatural(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
