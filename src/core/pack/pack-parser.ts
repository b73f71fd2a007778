// What reads the parts of a pack that somebody else may have written. Where it does so, the pack's files say: in the thread that asks
// where the pack is the app's own, and where it is a stranger's in one that reaches nothing.

import type { ByteSource } from '../formats/byte-source.ts'
import type { SafetensorsTensor } from '../formats/safetensors.ts'
import type { StyleDatabase } from '../retrieval/style-database.ts'
import type { PackManifest } from './manifest.ts'

/**
 * What a pack says of its styles. Each method, here and below, rejects with FormatError for what is not what it should be. Bytes that
 * are handed in are the parser's from then on: those that come back are the same, and may lie elsewhere.
 */
export interface StylesParser {
  /** @param bytes pack.json; they stay the caller's */
  parseManifest(bytes: Uint8Array): Promise<PackManifest>
  /** The covers of these styles, by their ids. */
  parseCovers(zip: Uint8Array, ids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>
}

export interface PackParser extends StylesParser {
  /**
   * Looks through a graph, as `checkGraph` does.
   * @param locations the files that its weights may lie in
   */
  checkGraph(graph: Uint8Array, locations: readonly string[]): Promise<Uint8Array>
  /** Looks through a JSON file of the CLIP's folder; what comes back is JSON written anew. */
  checkClipFile(path: string, bytes: Uint8Array): Promise<Uint8Array>
  /** Reads where the tensors of a safetensors file lie. */
  readTensors(
    shard: Uint8Array,
  ): Promise<{ readonly shard: Uint8Array; readonly tensors: ReadonlyMap<string, SafetensorsTensor> }>
  /** As `openStyleDatabase`. @param source is read from for as long as pictures are asked for */
  openDatabase(source: ByteSource): Promise<StyleDatabase>
}

/** Whose pack it is decides which of them parses it. */
export interface PackParsers<Parser = PackParser> {
  /** Of the app's own: in the thread that asks. */
  readonly own: Parser
  /** Of what a person installed: where there is neither network nor storage. */
  readonly sealed: Parser
}
