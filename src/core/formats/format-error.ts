// The one error of every parser: which format, what is wrong, and where.

export class FormatError extends Error {
  override readonly name = 'FormatError'

  /**
   * @param format the format being read, in its own words: "npy", "pickle", "pack.json"
   * @param detail what is wrong, with the offending value
   * @param offset byte offset in the source, where one is known
   */
  constructor(
    readonly format: string,
    readonly detail: string,
    readonly offset?: number,
  ) {
    super(offset === undefined ? `${format}: ${detail}` : `${format}: ${detail} (at byte ${offset})`)
  }
}
