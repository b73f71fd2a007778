// Reads and writes NumPy's .npz: a zip whose entries are .npy arrays.

import type { ByteSource } from './byte-source.ts'
import { type NpyArray, parseNpy, writeNpy } from './npy.ts'
import { openZip } from './zip.ts'
import { writeZip } from './zip-writer.ts'

export interface NpzArchive {
  /** Names as NumPy shows them, without ".npy". */
  readonly names: readonly string[]
  /** One array. Throws FormatError where it is missing or damaged. */
  read(name: string): Promise<NpyArray>
}

/** Lists the arrays; none is read yet. Throws FormatError where the source is no zip. */
export async function openNpz(source: ByteSource): Promise<NpzArchive> {
  const zip = await openZip(source)
  const names = [...zip.entries.keys()].filter((name) => name.endsWith('.npy')).map((name) => name.slice(0, -4))
  return { names, read: async (name) => parseNpy(await zip.read(`${name}.npy`)) }
}

/** Writes arrays uncompressed, as numpy.savez does. */
export function writeNpz(arrays: ReadonlyMap<string, NpyArray>): Promise<Uint8Array> {
  return writeZip(Array.from(arrays, ([name, array]) => [`${name}.npy`, writeNpy(array)] as const))
}
