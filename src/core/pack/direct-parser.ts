// Parses a pack in the thread that asks: for packs of the app's own and for command lines, and in the parse worker for all others.

import { bytesSource } from '../formats/byte-source.ts'
import { readSafetensorsHeader } from '../formats/safetensors.ts'
import { checkGraph } from '../onnx/check-graph.ts'
import { openStyleDatabase } from '../retrieval/style-database.ts'
import { checkClipFile } from './clip-files.ts'
import { directStylesParser } from './direct-styles-parser.ts'
import type { PackParser } from './pack-parser.ts'

export const directParser: PackParser = {
  ...directStylesParser,
  checkGraph: async (graph, locations) => {
    checkGraph(graph, new Set(locations))
    return graph
  },
  checkClipFile: async (path, bytes) => checkClipFile(path, bytes),
  readTensors: async (shard) => ({ shard, tensors: await readSafetensorsHeader(bytesSource(shard)) }),
  openDatabase: openStyleDatabase,
}
