// Where a checkpoint's tensors lie in the weight files that a graph names: what the builders need of a pack's shards.

/** One tensor's place, in bytes as the graph's dtype stores it. */
export interface WeightEntry {
  readonly dims: readonly number[]
  /** The external file, as graphs name it. */
  readonly location: string
  readonly offset: number
  readonly byteLength: number
}

export interface WeightCatalog {
  /** @param key the checkpoint's own key, prefix included; throws FormatError where there is none. */
  get(key: string): WeightEntry
}
