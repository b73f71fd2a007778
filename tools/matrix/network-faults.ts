// What can happen on the way from a server, and when the app itself changes.

import type { Demand } from './demand.ts'

const DOWNLOAD = 'tests/platform/pack-download.test.ts'
const OFFLINE = 'e2e/offline.spec.ts'

export const NETWORK_FAULTS: readonly Demand[] = [
  {
    id: '28',
    what: 'The connection is cut at any byte.',
    tests: { [DOWNLOAD]: ['that cuts at any byte is asked for at most that chunk again'] },
  },
  {
    id: '29',
    what: 'A server does not know ranges.',
    tests: {
      [DOWNLOAD]: [
        'that does not know ranges gives the file whole, from which only the missing chunks are taken',
        'that never knew ranges is asked for each file once',
      ],
    },
  },
  {
    id: '30',
    what: 'A file changes on the server in the middle of its download.',
    tests: { [DOWNLOAD]: ['whose file changed between two chunks installs nothing of both'] },
  },
  {
    id: '31',
    what: 'A bit flips on the way.',
    tests: {
      [DOWNLOAD]: [
        'that once %s is not believed',
        'that keeps altering a chunk is given up after three more tries, and the chunk is named',
      ],
    },
  },
  {
    id: '32',
    what: 'A body is too short, too long or packed.',
    tests: { [DOWNLOAD]: ['that once %s is not believed', 'is not asked again where %s'] },
  },
  {
    id: '33',
    what: 'A server stops sending.',
    tests: {
      [DOWNLOAD]: [
        'that stalls is left and asked again',
        'ends a download that has stalled, with its own reason, and keeps what is there',
      ],
      'tests/workers/install-jobs.test.ts': [
        'that is cancelled while the server stalls ends at once, and is taken up from where it came',
      ],
    },
  },
  {
    id: '34',
    what: 'A network asks to sign in instead of answering.',
    tests: { [DOWNLOAD]: ['is not asked again where %s'] },
  },
  {
    id: '35',
    what: 'The app is opened without a network.',
    tests: {
      [OFFLINE]: [
        'from the second visit on a picture is made with the server gone, and nothing was refused or sent elsewhere',
      ],
    },
  },
  {
    id: '36',
    what: 'An old tab asks for a part that a new release has no more.',
    tests: {
      [OFFLINE]: [
        'an update waits for a running job, takes three tabs along, and keeps words and pictures',
        'a tab that is still opening its model holds its build, has updates wait, and registers nothing yet',
      ],
      'tests/platform/shell-cache.test.ts': [
        'sweeps the builds that are not to be kept, and neither other caches nor another app’s of the same origin',
      ],
      'tests/platform/tab-locks.test.ts': [
        'reads the builds in use from the locks that are held, and from those of this app alone',
      ],
      'tests/platform/service-worker-client.test.ts': ['holds its build from the moment it is made'],
    },
  },
  {
    id: '37',
    what: 'An update comes while a picture is made or stored, a model opened, or a backup brought back.',
    tests: {
      [OFFLINE]: [
        'an update waits for a running job, takes three tabs along, and keeps words and pictures',
        'an update waits for a backup that is being restored in another tab, which then is there whole',
      ],
      'tests/state/offline.test.ts': ['reloads an idle page at once, and a page at work when that is done'],
      'tests/state/page-work.test.ts': [
        'while %s, and no longer',
        'for a model that is being opened until nothing is heard of that for long: the update may mend it',
      ],
    },
  },
  {
    id: '38',
    what: 'An update lacks a file, or has an altered one.',
    tests: {
      [OFFLINE]: ['an update with an asset missing or altered stays out, and the old build goes on'],
      'tests/platform/shell-cache.test.ts': ['rejects with UnfitAsset where %s is missing'],
    },
  },
  {
    id: '39',
    what: 'A release must be taken back.',
    tests: { [OFFLINE]: ['the build that withdraws the app deletes its shell alone: pictures and styles stay'] },
  },
  {
    id: '40',
    what: 'Page, workers and service worker are of different builds.',
    tests: {
      [OFFLINE]: ['a worker of another build runs no job: the page asks to be loaded again'],
      'tests/protocol/build-mismatch.test.ts': [
        'fails a job of another build with build-mismatch, and does not begin it',
      ],
      'tests/state/offline.test.ts': ['%s asks for a reload and does not force it'],
    },
  },
  {
    id: '41',
    what: 'The host sends no headers.',
    tests: {
      [OFFLINE]: [
        'a host that sends no headers: one thread at first, all of them after one reload, and the same picture',
      ],
      'tests/platform/backend.test.ts': [
        'uses every core of a small machine, half of a large one, and one thread without isolation',
      ],
    },
  },
]
