// What a row of the reliability matrix is: a demand, the tests that hold it, and what is not held.

export interface Demand {
  /** A fault's number, or a promise's or goal's letter and number. */
  readonly id: string
  readonly what: string
  /** Titles as they stand in the source, by test file; a describe block's title stands for all of its tests. */
  readonly tests: Readonly<Record<string, readonly string[]>>
  /** Stages of `npm test` that are no tests of a test file: the tools that run them. */
  readonly checks?: readonly string[]
  /** Long campaigns of `npm run soak` that go on where the tests stop. */
  readonly soak?: readonly string[]
  /** What a machine must have for all of them to run: elsewhere some are skipped, and `npm test` says so. */
  readonly needs?: string
  /** What no test holds yet. A demand without tests must say so. */
  readonly missing?: string
}
