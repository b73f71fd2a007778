// The goals in numbers: R for reliability, S for security and privacy. What a pull request must hold of them, and what holds it.

import type { Demand } from './demand.ts'

const CRASHES = 'tests/core/library/crash-campaign.test.ts'
const KILLED_INSTALL =
  'a browser killed while it installs a model keeps what it counted, and asks for one chunk again at most'
const RESTORED = "of the %s's disk %s: nothing is half there, and nothing comes twice"
const FUZZ = { 'tests/fuzz/parsers.test.ts': ['fails with FormatError only: %s'] }
const OFFLINE = 'e2e/offline.spec.ts'
const POLICY = 'the policy holds: no foreign request, no foreign worker, no HTML from text, no eval'
const NET_LOG =
  'the network log of all these tests names no host but the sites and the one a model came from, and no other was sent anything'
const SINKS =
  'what a page without the policy sends to another host by TCP and UDP arrives where these tests would see it'

export const RELIABILITY_GOALS: readonly Demand[] = [
  {
    id: 'R1',
    what: 'A killed browser loses nothing that it acknowledged.',
    tests: {
      'e2e/models.spec.ts': ['an install that was killed with its browser is taken up where it stopped'],
      'e2e/killed.spec.ts': [
        // biome-ignore lint/suspicious/noTemplateCurlyInString: as it stands in the source
        'a browser killed in the middle keeps what was acknowledged, whole: ${scenario.name}',
        KILLED_INSTALL,
      ],
    },
    soak: ['kill'],
  },
  {
    id: 'R2',
    what: 'A power loss at any storage operation of any scenario breaks no invariant.',
    tests: {
      [CRASHES]: [
        'survives a crash at every operation (its batch written: %s)',
        'survives a crash at every operation of the sweep after a crash',
      ],
      'tests/core/pack/install.test.ts': ['at any operation of installing a pack %s loses at most one chunk'],
      'tests/platform/gallery-store.test.ts': [
        'has a picture whole or not at all after a crash (its batch written: %s)',
        'keeps what was acknowledged through a power loss',
      ],
      'tests/platform/backup.test.ts': [RESTORED],
    },
    soak: ['crashes', 'units'],
  },
  {
    id: 'R3',
    what: 'A failure of any storage operation is a typed error and corrupts nothing.',
    tests: {
      [CRASHES]: ['survives every operation that fails', 'survives a disk of every size'],
      'tests/core/pack/install.test.ts': ['with %s is named, and trying again installs'],
      'tests/platform/backup.test.ts': [RESTORED],
    },
    soak: ['quota', 'units'],
  },
  {
    id: 'R4',
    what: 'Parsers answer twenty thousand fuzzed files each with typed errors, in bounded time and memory.',
    tests: FUZZ,
    soak: ['fuzz'],
    missing: 'npm test reads 250 files a parser; the campaign read 187,000 of each when it ran last',
  },
  {
    id: 'R5',
    what: 'Every line and branch of parsers and storage is covered, and nine in ten changes to them are noticed.',
    tests: {
      'tests/core/formats/rare-forms.test.ts': ['an opcode that Python seldom writes', 'a zip with 64-bit numbers'],
      'tests/core/formats/refusals.test.ts': ['a Parquet file', 'a zip', 'a checkpoint'],
    },
    checks: ['tools/coverage.ts'],
    soak: ['mutants'],
    missing:
      'every line is, but four that are marked with their reasons; of the branches 92 in 100, most of the others asked for by the types alone; and the changes to most files: in an hour the campaign got to 8 of 81, where 93 in 100 were noticed',
  },
  {
    id: 'R6',
    what: 'Two hundred hostile files end no tab and take no more than 400 MB.',
    tests: {
      'e2e/library-worker.spec.ts': [
        'every type of picture becomes a row, and hostile files are skipped with their reasons',
        'two hundred hostile files end no tab, take little more than the largest picture, and each has its fate',
      ],
    },
    soak: ['hostile'],
  },
  {
    id: 'R7',
    what: 'Every flipped bit in models and styles is found.',
    tests: {
      'tests/core/formats/zip.test.ts': ['finds a flipped byte of content by its CRC'],
      'tests/core/pack/open-pack.test.ts': ['names a file that is %s'],
      'tests/core/pack/install.test.ts': [
        'has every flipped bit of its files found by checking, and is whole again when that file is fetched',
      ],
      'tests/platform/style-store.test.ts': ['is fetched anew where %s'],
      'tests/core/library/damage.test.ts': [
        'is found wherever it is, costs its row at most, and leaves all others as they were',
        'in a record that is kept twice costs nothing: the other copy is read, and both are whole after the next start',
        'have their flipped bits found from then on',
      ],
      'tests/core/storage/guarded-disk.test.ts': ['reads every flipped bit of either copy as it was written'],
      'tests/platform/gallery-store.test.ts': [
        'finds every flipped bit of a recipe, and has it again from the picture that carries it',
      ],
    },
    soak: ['units'],
  },
  {
    id: 'R8',
    what: 'A cut costs at most one chunk of eight MiB.',
    tests: {
      'tests/platform/pack-download.test.ts': ['that cuts at any byte is asked for at most that chunk again'],
      'e2e/models.spec.ts': ['an install that was killed with its browser is taken up where it stopped'],
      'e2e/killed.spec.ts': [KILLED_INSTALL],
    },
    soak: ['units', 'kill'],
    missing:
      'that with a pack of two gigabytes: those that are cut have 16 MB, and the largest that a browser installs in these tests 25',
  },
  {
    id: 'R9',
    what: 'A lost GPU costs no picture, and changes none.',
    tests: {
      'e2e/gpu-loss.spec.ts': [
        'a picture whose GPU goes away goes on from its step and is the same: on the GPU, and the second time without',
      ],
    },
    soak: ['gpu'],
    missing:
      'of a pull request’s five losses npm test makes two, the campaign seven; the three seconds for recovery: the campaign holds them against the time until a loss is noticed, 2.1 s on a machine with fourteen times its work; the next step then took no longer than a first one, which takes a software GPU minutes there',
  },
  {
    id: 'R10',
    what: 'The app opens without a network, with no request that fails.',
    tests: {
      [OFFLINE]: [
        'from the second visit on a picture is made with the server gone, and nothing was refused or sent elsewhere',
      ],
      'e2e/no-network.spec.ts': [
        'without a network of any kind the app opens, shows its gallery and paints, and no request fails',
      ],
    },
    soak: ['opening'],
    needs: 'a system with network namespaces to give for the second; elsewhere it is skipped',
  },
  {
    id: 'R11',
    what: 'An update with three tabs open breaks no tab and loses nothing.',
    tests: {
      [OFFLINE]: [
        'an update waits for a running job, takes three tabs along, and keeps words and pictures',
        'an update over two releases at once takes three tabs along, and keeps words and pictures',
      ],
    },
    soak: ['updates'],
  },
  {
    id: 'R12',
    what: 'Eight tabs that write a thousand times each lose and double nothing; a dead writer is followed within a second.',
    tests: {
      'tests/core/library/library.test.ts': ['serves several tabs: no row lost or twice, each sees the others'],
      'tests/platform/writer-lock.test.ts': ['passes the lock of a tab that dies on to the next'],
      'e2e/tabs.spec.ts': [
        'eight tabs that add to one style at once lose no row and double none',
        'a tab that dies while it writes lets the next one write within a second',
      ],
    },
    soak: ['tabs'],
  },
  {
    id: 'R13',
    what: 'Memory does not grow over hours.',
    tests: {
      'e2e/long-visit.spec.ts': [
        'pictures made, cancelled and deleted leave neither memory, elements nor listeners behind',
      ],
    },
    soak: ['visit'],
    missing:
      'ten minutes in npm test, which makes twenty pictures; and resident memory: in an hour of 720 pictures page and workers grew by 0.40 MB after garbage collection (goal: 1), but their process by 225 MB (goal: 10), a third of a megabyte a picture: most of it shared memory in which the browser keeps decoded pictures until it needs the room, and PNGs that it keeps after the page has let go of them',
  },
  {
    id: 'R14',
    what: 'Of many files, a tenth of them bad, the tally is exact.',
    tests: {
      'tests/core/library/import-pictures.test.ts': [
        'tells the exact fate of ten thousand files, a tenth of them bad, decoding two at a time',
      ],
    },
    soak: ['import'],
    missing:
      'that no task of the page takes 100 ms: choosing a thousand files is one of 0.44 to 0.50 seconds, of which the page’s own scripts take 0.05 and the browser the rest',
  },
  {
    id: 'R15',
    what: 'What every released version stored opens, and is brought up to date.',
    tests: {
      'tests/core/library/stored-versions.test.ts': ["version %i's library"],
      'tests/platform/gallery-store.test.ts': ['shows what version %i stored'],
    },
    missing:
      'a backup before a migration: none is made, for each is one atomic batch that changes the version too, and one that fails leaves all as it was',
  },
  {
    id: 'R16',
    what: 'Backing up, wiping and restoring gives the same bytes.',
    tests: {
      'tests/platform/backup.test.ts': [
        'brings everything back after a wipe, and backs up to the same bytes',
        'changes nothing where a byte of it is damaged, wherever that is',
      ],
      'e2e/storage.spec.ts': [
        'everything comes back from a backup after the browser cleared it, and a bad file changes nothing',
      ],
      'tests/core/library/exchange.test.ts': [
        'imports elsewhere as it was, and exports to the same bytes',
        'comes back after a wipe as it was, whatever it holds and however it is cut into records',
      ],
    },
    soak: ['units'],
  },
  {
    id: 'R17',
    what: 'Of a thousand runs of these tests at most one fails for no reason.',
    tests: {},
    soak: ['flakes'],
    missing: 'a thousand runs: the campaign’s 125 cannot show one in a thousand',
  },
  {
    id: 'R18',
    what: 'Every fault has a test, and this page is made from the list.',
    tests: { 'tests/tools/matrix.test.ts': ['names tests that are there', 'is the page in docs/reliability.md'] },
  },
]

export const SECURITY_GOALS: readonly Demand[] = [
  {
    id: 'S1',
    what: 'No byte goes to or comes from a third party.',
    tests: {
      [OFFLINE]: [POLICY, NET_LOG, SINKS],
      'e2e/watched.spec.ts': [
        'a page that asks another machine fails its test',
        'a worker that asks another machine fails the test of its page',
      ],
      'e2e/models.spec.ts': ['a server that sends on to another is not followed, and the other is asked for nothing'],
    },
    missing:
      'the network log and the sinks are for the tests of the installed app; in all others every request of a page, and every violation of the policy in a page or worker, fails the test',
  },
  {
    id: 'S2',
    what: 'A strict policy with Trusted Types, and no violation with the real models.',
    tests: {
      [OFFLINE]: [
        POLICY,
        'from the second visit on a picture is made with the server gone, and nothing was refused or sent elsewhere',
      ],
      'e2e/watched.spec.ts': ['a worker that asks another machine fails the test of its page'],
      'tests/platform/security-headers.test.ts': [
        'allows nothing inline, no eval and no unlisted kind of content, and demands Trusted Types',
      ],
    },
  },
  {
    id: 'S3',
    what: 'Words, names and pictures of a person are in no request.',
    tests: {
      [OFFLINE]: [NET_LOG],
      'e2e/private.spec.ts': ['words, names and pictures are in nothing that is asked of the server'],
    },
  },
  {
    id: 'S4',
    what: 'Source and build hold no way to send, run or show what should not be.',
    tests: { 'tests/tools/lint-rules.test.ts': ['the source', 'the build'] },
  },
  {
    id: 'S5',
    what: 'Files from strangers are parsed where there is no network and no storage.',
    tests: {
      'tests/workers/parse-worker.test.ts': [
        'loses what it could reach out with, wherever in its scope that is inherited from',
        'does not start where something cannot be taken from it',
        'a picture looked at by way of the parse worker',
        'a file read by way of the parse worker',
        'a sheet of thumbnails drawn by way of the parse worker',
        'gives only pictures that may be kept: of the type asked for, of few pixels and bytes',
      ],
      'tests/workers/pack-parse-jobs.test.ts': [
        'a pack parsed by way of the parse worker',
        'is refused in the words in which it is refused at once: %s',
        'is refused as a style %s',
        'is refused where it takes too long, and nothing is said of the pack that would have it thrown away',
        'shows the pictures of a style also after the worker that opened it was ended',
      ],
      'tests/core/pack/clip-files.test.ts': ['refuses a tokenizer.json %s'],
      'e2e/models-hostile.spec.ts': [
        'a model whose second style is no style lists both, paints with the first, and says what is wrong with the second',
        'a model with a graph that could reach elsewhere is not opened, and it is said why',
        'a model whose pack.json asks for what nobody can make is not installed, and it is said why',
      ],
      'tests/workers/backup-jobs.test.ts': [
        'leaves out a picture whose PNG %s, says so, and restores all else',
        'restores no thumbnail and no kept picture that is none, or of too many pixels, and the rows and pictures without',
        'refuses %s as invalid input, and changes nothing',
        'drops what a picture says beyond what pictures have, however deep and whatever its name',
      ],
      'tests/workers/library-jobs.test.ts': [
        'keeps of a file only pictures that are some and small enough to be shown and embedded again',
        'does not decode a kept picture of too many pixels that was taken in earlier, to embed it again',
        'has no picture on its cover that claims too many pixels, also of those kept by earlier apps',
      ],
      'tests/tools/lint-rules.test.ts': [
        'may hold the parsers of pictures, of embeddings and of backups in the parse worker alone',
        'may not be imported where installed ones are read: %s',
        'is in no built script that has none of the app’s own to open',
        'must have in the parse worker each word that it may have nowhere else',
      ],
      'tests/core/image/small-webp.test.ts': [
        'is none that %s',
        'is none that is cut short in its header, at any byte, and none with another byte there is slow or throws',
      ],
      'tests/core/library/exchange.test.ts': ['comes without pictures that claim too many pixels, and says how many'],
      'tests/platform/own-styles.test.ts': [
        'shows no thumbnail that claims too many pixels, which the page would decode',
      ],
      'tests/platform/style-library.test.ts': [
        'shows no thumbnail that claims too many pixels, which the page would decode',
      ],
      'tests/core/pack/covers.test.ts': ['passes over what is no picture of a thumbnail’s size'],
      'tests/platform/security-headers.test.ts': [
        'lets the install worker fetch from the host that a person chose, and the parse worker from none',
      ],
    },
    missing:
      'what must run has to be read where it runs, by the generate and the library worker: once an installed pack’s graphs were looked through, ONNX Runtime reads them, and with WebGPU the app reads the names of their inputs; once its tokenizer.json and configuration were checked and written anew, transformers.js makes its tokenizer of them, regular expressions included. Thumbnails on covers, among neighbours and on the map are decoded by the page itself, but only WebPs of a thumbnail’s size by their header',
  },
  {
    id: 'S6',
    what: 'Every weight that runs was verified.',
    tests: {
      'tests/core/pack/open-pack.test.ts': ['names a file that is %s', 'reads nothing that pack.json does not list'],
      'tests/core/pack/install.test.ts': ['gives its weights by reference, after looking at one piece of them'],
      'tests/workers/install-jobs.test.ts': ['is found by checking, and repaired by fetching what is wrong alone'],
    },
  },
  {
    id: 'S7',
    what: 'Dependencies are few, pinned exactly, of known licences, and listed.',
    tests: {
      'tests/tools/shipped-packages.test.ts': [
        'are dependencies of exact versions, each with its integrity in the lockfile',
        'are listed with version, licence and hash, the same each time',
        'fail the build under an unknown licence, from outside of the lockfile, or by their number',
      ],
      'tests/tools/deploy.test.ts': [
        'the workflow asks about the origin, known vulnerabilities and the tests before there is anything to deploy',
        'versions are pinned, and the runtime fetches nothing when it is installed',
      ],
    },
    missing:
      'that a registry knows of no vulnerability, which no test asks: each deploy does, by npm audit; nor how long a version has been out',
  },
  {
    id: 'S8',
    what: 'Two clean builds have the same bytes, and each lists the SHA-256 of its files.',
    tests: {
      'tests/tools/checksums.test.ts': [
        'names each file of a build with its SHA-256, and is the same when it is written again',
      ],
    },
    checks: ['tools/compare-builds.ts'],
  },
  {
    id: 'S9',
    what: 'The service worker takes no file that its list does not know.',
    tests: {
      'tests/platform/shell-cache.test.ts': [
        'rejects an asset that is altered, after asking past the browser’s cache too, and does not keep it',
      ],
      [OFFLINE]: ['an update with an asset missing or altered stays out, and the old build goes on'],
    },
  },
  {
    id: 'S10',
    what: 'Nothing is reported to anybody.',
    tests: { [OFFLINE]: [NET_LOG], 'tests/tools/lint-rules.test.ts': ['may name the hosts on the list and no others'] },
  },
  {
    id: 'S11',
    what: 'Other pages of the same host cannot read what is stored.',
    tests: {
      'tests/state/create-storage.test.ts': ['says whose pages share what is kept at %s'],
      'tests/tools/deploy.test.ts': [
        'may be below the root of a host only where that is known',
        'a deploy to a shared host ends with an error',
        'the workflow asks about the origin, known vulnerabilities and the tests before there is anything to deploy',
      ],
    },
    missing:
      'a matter of where it is deployed: by other ways than the workflow it may be below the root of a host, where the page says that others can read it',
  },
  {
    id: 'S12',
    what: 'The threats are written down, and every file that broke something is kept.',
    tests: {
      'tests/fuzz/parsers.test.ts': [
        'fails with FormatError only: %s',
        'is given again what once broke it: each file of its folder, and of no other',
      ],
    },
    soak: ['fuzz'],
    missing: 'files of before the parsers were fuzzed: since then none was found',
  },
]
