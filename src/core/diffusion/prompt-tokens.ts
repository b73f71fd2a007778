// Fits a prompt's tokens to the length that CLIP's text tower takes.

/** A prompt's tokens, cut and padded to what the text tower takes. */
export interface PromptTokens {
  /** Exactly `maxTokens` ids: start, prompt, end, and the end mark again as padding. */
  readonly ids: readonly number[]
  /** Ids that did not fit. */
  readonly cut: readonly number[]
}

/**
 * Keeps the end mark at the end of a prompt that is too long: the tower's output is read there.
 * @param ids the whole prompt, start and end marks included
 */
export function fitTokens(ids: readonly number[], maxTokens: number): PromptTokens {
  const end = ids.at(-1)
  if (end === undefined || ids.length < 2) throw new RangeError(`a prompt has at least two tokens, not ${ids.length}`)
  if (ids.length > maxTokens) {
    return { ids: [...ids.slice(0, maxTokens - 1), end], cut: ids.slice(maxTokens - 1, -1) }
  }
  return { ids: [...ids, ...new Array<number>(maxTokens - ids.length).fill(end)], cut: [] }
}
