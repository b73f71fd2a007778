// What can come from outside: files of every kind.

import type { Demand } from './demand.ts'

export const INPUT_FAULTS: readonly Demand[] = [
  {
    id: '52',
    what: 'A small file that unpacks to a huge picture.',
    tests: {
      'tests/core/image/read-picture.test.ts': ['is asked for its first bytes only where it is refused for its size'],
      'e2e/library-worker.spec.ts': [
        'every type of picture becomes a row, and hostile files are skipped with their reasons',
        'two hundred hostile files end no tab, take little more than the largest picture, and each has its fate',
      ],
    },
  },
  {
    id: '53',
    what: 'Pictures of every kind, damaged ones among them.',
    tests: {
      'tests/core/image/read-picture.test.ts': [
        '%s is read whole',
        '%s is refused where it ends too soon, at whatever byte',
        '%s is "%s"',
      ],
      'e2e/library-worker.spec.ts': [
        'every type of picture becomes a row, and hostile files are skipped with their reasons',
      ],
    },
  },
  {
    id: '54',
    what: 'Ten thousand files, a tenth of them bad, in folders that go round in circles.',
    tests: {
      'tests/core/library/import-pictures.test.ts': [
        'tells the exact fate of ten thousand files, a tenth of them bad, decoding two at a time',
      ],
      'tests/workers/library-jobs.test.ts': [
        'is tallied exactly: what can be a row is one, everything else has its reason',
      ],
      'tests/platform/dropped-files.test.ts': [
        'that goes round in circles ends',
        'that vanishes while it is listed gives what was listed, and itself as what cannot be read',
      ],
    },
  },
  {
    id: '55',
    what: 'Names that are markup, paths, tricks of direction or very long.',
    tests: {
      'tests/core/library/display-name.test.ts': ['a name to show'],
      'tests/core/library/library.test.ts': ['are kept as they are, as text: %s'],
      'e2e/library-life.spec.ts': [
        'names that are markup, paths, tricks or endless are shown as text, those left out too',
      ],
    },
  },
  {
    id: '56',
    what: 'An SVG that runs scripts or asks other hosts.',
    tests: {
      'tests/core/image/read-picture.test.ts': ['%s is "%s"'],
      'e2e/library-worker.spec.ts': [
        'every type of picture becomes a row, and hostile files are skipped with their reasons',
      ],
    },
  },
  {
    id: '57',
    what: 'Zips that lie about sizes, places, names and checksums.',
    tests: {
      'tests/core/formats/zip.test.ts': ['a hostile zip'],
      'tests/core/library/import-pictures.test.ts': [
        'that lies is tallied exactly among others: as one file where its list lies, else entry by entry',
      ],
      'tests/fuzz/parsers.test.ts': ['fails with FormatError only: %s'],
    },
    soak: ['fuzz'],
  },
  {
    id: '58',
    what: 'Pickles that would run something, or never end.',
    tests: {
      'tests/core/formats/pickle.test.ts': [
        'keeps a call of os.system as a record and runs nothing',
        'does not evaluate through %s.%s',
        'refuses %s',
        'answers every truncation with a FormatError, and survives every flip',
      ],
      'tests/fuzz/parsers.test.ts': ['fails with FormatError only: %s'],
    },
    soak: ['fuzz'],
  },
  {
    id: '59',
    what: 'Checkpoints that lie about their storages.',
    tests: {
      'tests/core/formats/torch-checkpoint.test.ts': [
        'is refused for %s',
        'may share one storage among a hundred thousand tensors, read when they are asked for',
      ],
      'tests/fuzz/parsers.test.ts': ['fails with FormatError only: %s'],
    },
    soak: ['fuzz'],
  },
  {
    id: '60',
    what: 'Safetensors files with holes, overlaps, doubles and huge shapes.',
    tests: {
      'tests/core/formats/safetensors.test.ts': [
        'refuses a header with %s',
        'refuses a header that is not UTF-8, and one of 2^64 - 1 bytes',
        'refuses more than 65,536 tensors',
      ],
      'tests/fuzz/parsers.test.ts': ['fails with FormatError only: %s'],
    },
    soak: ['fuzz'],
  },
  {
    id: '61',
    what: 'Manifests and shared styles with hostile values.',
    tests: {
      'tests/core/pack/hostile-manifest.test.ts': ['a pack.json from a stranger'],
      'tests/core/retrieval/style-database.test.ts': ['is refused for %s'],
      'tests/core/formats/parse-json.test.ts': ['JSON from outside'],
      'tests/fuzz/parsers.test.ts': ['fails with FormatError only: %s'],
    },
    soak: ['fuzz'],
  },
  {
    id: '62',
    what: 'A model that names files outside of its folder, or is not what its list says.',
    tests: {
      'tests/core/pack/install-plan.test.ts': ['names no file outside of its folder: %j'],
      'tests/core/pack/open-pack.test.ts': ['reads nothing that pack.json does not list', 'names a file that is %s'],
      'tests/core/onnx/check-graph.test.ts': ['a graph from a stranger'],
      'tests/platform/huge-graph.test.ts': [
        'where it %s so fails as memory that ended, and other graphs run on',
        'a graph of more bytes than wasm can count fails as memory that ended',
      ],
    },
    missing: 'on a GPU, what a graph that asks for too much memory comes to',
  },
]
