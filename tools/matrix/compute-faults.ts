// What can happen while a picture is computed.

import type { Demand } from './demand.ts'

const APP = 'tests/state/create-app.test.ts'
const LOSSES =
  'a picture whose GPU goes away goes on from its step and is the same: on the GPU, and the second time without'
const LONG_VISIT = 'pictures made, cancelled and deleted leave neither memory, elements nor listeners behind'

export const COMPUTE_FAULTS: readonly Demand[] = [
  {
    id: '42',
    what: 'The GPU goes away between two steps.',
    tests: {
      'e2e/gpu-loss.spec.ts': [LOSSES],
      'tests/core/diffusion/resume.test.ts': ['ends in the same picture from wherever it is taken up again'],
      [APP]: ['goes on from the last step with a new device where the device was lost, and says so'],
    },
  },
  {
    id: '43',
    what: 'The GPU goes away twice, and none is given any more.',
    tests: {
      'e2e/gpu-loss.spec.ts': [LOSSES],
      [APP]: [
        'goes on without a GPU where the device is lost again, and stays without',
        'says on what it goes on where the browser gives no other device',
      ],
    },
    soak: ['gpu'],
  },
  {
    id: '44',
    what: 'There is no GPU, or one without half floats.',
    tests: {
      'e2e/no-graphics-processor.spec.ts': ['says so, and one button goes on with the processor'],
      'tests/core/pack/install-plan.test.ts': ['what a machine lacks for a pack'],
      'tests/platform/backend.test.ts': ['is wasm without an adapter, and says why; asked for by name it is an error'],
    },
  },
  {
    id: '45',
    what: 'The GPU’s limits are too small for a model.',
    tests: {
      'tests/core/pack/install-plan.test.ts': ['what a machine lacks for a pack'],
      'tests/workers/install-jobs.test.ts': [
        'that this machine cannot run is refused before anything of it is fetched',
      ],
    },
  },
  {
    id: '46',
    what: 'The GPU’s memory ends.',
    tests: {
      'e2e/gpu-loss.spec.ts': [
        'a picture whose GPU runs out of memory goes on from its step without a GPU, and says so',
        'a picture whose decoding alone takes too much memory is put together from tiles on the GPU, and says so',
      ],
      [APP]: ['leaves the GPU at once where its memory ended', 'whose memory ends while a picture is decoded'],
      'tests/core/diffusion/tiled-decode.test.ts': [
        'is tried in tiles of about half the side, then of half that, down to the least',
      ],
      'tests/core/pack/tiled-picture.test.ts': [
        'shows no seam: where tiles overlap, no line is much steeper than in the whole picture',
      ],
      'tests/core/pack/memory-needs.test.ts': [
        'is no reason to decode in tiles where a buffer takes the decoder’s largest tensor, and else says how large they may be',
      ],
      'tests/platform/backend.test.ts': ['gives %s the code %s'],
    },
    missing: 'a decoder that is too large for a real GPU: the software one is made to refuse its buffers',
  },
  {
    id: '47',
    what: 'Memory ends with the page, at the start above all.',
    tests: {
      'e2e/trouble.spec.ts': [
        'a model that ends the page while it opens is not opened a third time, until it is asked for',
      ],
      'tests/platform/load-guard.test.ts': ['counts the openings in a row that ended with the page'],
      [APP]: ['does not open a pack by itself that ended the page twice, but on request, without a GPU'],
    },
  },
  {
    id: '48',
    what: 'A worker throws, hangs or is gone.',
    tests: {
      'e2e/trouble.spec.ts': [
        'a worker that dies is said so, the gallery is kept, and the next picture is made by a new one',
        'a model of whose opening nothing comes for five minutes is asked about, and begun anew in another worker',
      ],
      'tests/protocol/client.test.ts': [
        'rejects every job under way with "worker-died" and is replaced at the next run',
        'takes its worker with it where that does not answer, and the next run gets a new one',
      ],
      'tests/state/create-library.test.ts': [
        'of which nothing comes for two minutes is said to be quiet, until something comes',
      ],
      [APP]: [
        'does not try for ever where the worker dies while opening',
        'an opening of which nothing comes',
        'of which nothing comes',
      ],
    },
    missing:
      'a worker that hangs in a backup, or in a job of the library that is no import: nothing is said of it; of an import or a picture of which nothing comes for two minutes, and of an opening for five, the person is told, and ends it or begins it anew',
  },
  {
    id: '49',
    what: 'The numbers turn to nonsense, or the picture to black.',
    tests: {
      'tests/core/diffusion/resume.test.ts': [
        'stops at the step whose numbers turn %d',
        'does not pass a black picture off as a result',
      ],
      [APP]: [
        'computes wrong numbers in half floats again on the GPU in whole ones, and stays with them',
        'goes on without a GPU where whole floats end in %s',
        'goes on without a GPU after wrong numbers in whole floats',
      ],
    },
    missing: 'half floats that turn to nonsense on a real GPU: software ones have none',
  },
  {
    id: '50',
    what: 'A person cancels at any moment.',
    tests: {
      'e2e/cancel.spec.ts': [
        // biome-ignore lint/suspicious/noTemplateCurlyInString: as it stands in the source
        'a cancel while ${phase} leaves the page ready before the worker has heard of it',
      ],
      'e2e/generate.spec.ts': ['cancel stops the job within a step and leaves the page ready'],
      'tests/core/diffusion/generate.test.ts': ['after return() nothing more is asked of the model'],
      'tests/core/library/import-pictures.test.ts': [
        'goes on where it was, whenever it was cancelled: the same tallies, and no row embedded twice',
      ],
      'e2e/long-visit.spec.ts': [LONG_VISIT],
    },
  },
  {
    id: '51',
    what: 'A thousand pictures are made in one visit.',
    tests: {
      'e2e/long-visit.spec.ts': [
        LONG_VISIT,
        'models switched again and again leave neither memory, elements nor listeners behind',
      ],
    },
    soak: ['visit'],
  },
]
