// The bodies of the parse worker's jobs on what an installed pack holds.

import { directParser } from '../src/core/pack/direct-parser.ts'
import type { JobHandlers } from '../src/protocol/host.ts'
import type { PackParseJobs } from '../src/protocol/pack-parse-jobs.ts'

export const packParseJobs: JobHandlers<PackParseJobs> = {
  // biome-ignore-start lint/correctness/useYield: jobs with nothing to tell before their end
  async *'read-manifest'({ bytes }) {
    return { manifest: await directParser.parseManifest(bytes) }
  },

  async *'check-graph'({ graph, locations }) {
    return { graph: await directParser.checkGraph(graph, locations) }
  },

  async *'check-clip-file'({ path, bytes }) {
    return { bytes: await directParser.checkClipFile(path, bytes) }
  },

  async *'read-tensors'({ shard }) {
    return directParser.readTensors(shard)
  },

  async *'read-covers'({ zip, ids }) {
    return { covers: [...(await directParser.parseCovers(zip, ids))] }
  },
  // biome-ignore-end lint/correctness/useYield: as above
}
