// What can happen to what is stored, and to the visits that store it.

import type { Demand } from './demand.ts'

const CRASHES = 'tests/core/library/crash-campaign.test.ts'
const KILLED = {
  'e2e/killed.spec.ts': [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as it stands in the source
    'a browser killed in the middle keeps what was acknowledged, whole: ${scenario.name}',
  ],
}
const CRASH_TITLES = [
  'survives a crash at every operation (its batch written: %s)',
  'survives a crash at every operation of the sweep after a crash',
]
const APP = 'tests/state/create-app.test.ts'

export const STORAGE_FAULTS: readonly Demand[] = [
  {
    id: '1',
    what: 'The browser is killed while a folder is imported.',
    tests: {
      'tests/core/library/import-pictures.test.ts': [
        'loses nothing that it told as added, at whatever operation of the disk the process dies',
      ],
      'e2e/library-worker.spec.ts': ['an import goes on after a reload in its middle, and words find what it made'],
      ...KILLED,
    },
  },
  {
    id: '2',
    what: 'The power goes, and with it what the system had not written yet.',
    tests: {
      [CRASHES]: CRASH_TITLES,
      'tests/platform/gallery-store.test.ts': ['keeps what was acknowledged through a power loss'],
      'tests/platform/style-store.test.ts': ['is whole after a power loss that takes any number of the last batches'],
      'tests/core/pack/install.test.ts': ['at any operation of installing a pack %s loses at most one chunk'],
    },
  },
  {
    id: '3',
    what: 'The browser is killed while a model is installed.',
    tests: {
      'e2e/models.spec.ts': ['an install that was killed with its browser is taken up where it stopped'],
      'tests/core/pack/install.test.ts': ['at any operation of installing a pack %s loses at most one chunk'],
      'e2e/killed.spec.ts': [
        'a browser killed while it installs a model keeps what it counted, and asks for one chunk again at most',
      ],
    },
    soak: ['kill'],
  },
  {
    id: '4',
    what: 'The browser is killed while stored data is brought up to date.',
    tests: {
      'tests/core/storage/migrate.test.ts': ['are never half done: %o'],
      'tests/core/library/stored-versions.test.ts': [
        'comes to the same after a crash at every operation of the first start',
      ],
      ...KILLED,
    },
  },
  {
    id: '5',
    what: 'The browser is killed while a style is deleted.',
    tests: { [CRASHES]: CRASH_TITLES, ...KILLED },
  },
  {
    id: '6',
    what: 'The browser is killed while rows are moved or rewritten.',
    tests: {
      [CRASHES]: [...CRASH_TITLES, 'goes on where a crash or failure cut it short, and changes over once, whole'],
      ...KILLED,
    },
  },
  {
    id: '7',
    what: 'Remains of interrupted writes are cleared away at the next start.',
    tests: {
      'tests/core/pack/install.test.ts': [
        'leaves nothing of other programs in its folder',
        'is not swept while another tab is at it',
      ],
      'tests/platform/style-store.test.ts': [
        'goes when no pack names it any more, remains of interrupted writes included',
      ],
      [CRASHES]: CRASH_TITLES,
    },
  },
  {
    id: '8',
    what: 'The room ends in the middle of an import.',
    tests: {
      'tests/core/library/import-pictures.test.ts': [
        'stops with "storage-full", keeps what was acknowledged, and goes on once there is room',
      ],
      'tests/workers/library-jobs.test.ts': [
        'ends with "storage-full" where there is no more room, and what was acknowledged is there',
      ],
      [CRASHES]: ['survives a disk of every size'],
      'e2e/quota.spec.ts': [
        'an import that finds no more room says so, keeps what it acknowledged, and goes on once there is some',
      ],
      'tests/core/library/library.test.ts': ['opens where there is no room left to count the visit, and says so'],
      'tests/ui/import-words.test.ts': [
        'where there is no more room, how many are kept, where to see what takes it, and which other style takes most',
      ],
    },
    soak: ['quota'],
  },
  {
    id: '9',
    what: 'The room ends at the record that makes a write count.',
    tests: {
      [CRASHES]: ['survives every operation that fails', 'survives a disk of every size'],
      'tests/platform/record-disk.test.ts': ['is "storage-full" where a commit finds no room, and keeps nothing of it'],
    },
  },
  {
    id: '10',
    what: 'There is no room for a model.',
    tests: {
      'e2e/models.spec.ts': ['without room nothing of a model is asked for'],
      'tests/core/pack/install.test.ts': [
        'that is not there is found out before a byte is asked for, and all of it is given back',
      ],
    },
  },
  {
    id: '11',
    what: 'A write ends half way.',
    tests: { 'tests/core/pack/install.test.ts': ['with %s is named, and trying again installs'] },
  },
  {
    id: '12',
    what: 'The disk itself is full.',
    tests: {
      'e2e/full-disk.spec.ts': [
        'an import onto a full disk is told so, and all that it acknowledged is there when there is room again',
      ],
    },
    needs: 'a system that lets a disk be mounted; elsewhere it is skipped',
  },
  {
    id: '13',
    what: 'The browser clears everything between two visits.',
    tests: {
      'e2e/storage.spec.ts': [
        'everything comes back from a backup after the browser cleared it, and a bad file changes nothing',
      ],
      [APP]: ['what the browser cleared'],
      'tests/platform/kept-count.test.ts': ['is 0 where it was never told, cannot be read, or storage is refused'],
    },
  },
  {
    id: '14',
    what: 'Of two kinds of storage one is cleared and the other is kept.',
    tests: {
      'tests/state/switch-model.test.ts': ['and cannot be opened gives way to the built-in one, with a word why'],
      'tests/core/library/library.test.ts': ['is deleted also where records of it were lost'],
      'e2e/models.spec.ts': [
        'of two kinds of storage either may be cleared alone: what the other keeps is there, and a lost model is said',
      ],
    },
  },
  {
    id: '15',
    what: 'A bit flips in what is stored.',
    tests: {
      'tests/platform/style-store.test.ts': ['is fetched anew where %s'],
      'tests/workers/install-jobs.test.ts': ['is found by checking, and repaired by fetching what is wrong alone'],
      'tests/core/library/damage.test.ts': [
        'is found wherever it is, costs its row at most, and leaves all others as they were',
        'is whole after a crash at every operation of setting aside and forgetting',
        'come back where their pictures were kept, as they were, and the others stay damaged',
        'come back once, whole, whatever operation a crash or a failure cuts that short at',
      ],
      'e2e/damage.spec.ts': [
        'a style whose records were damaged goes on with the rows that are whole, and says what it lost',
      ],
    },
  },
  {
    id: '16',
    what: 'The end of what is stored is cut off.',
    tests: {
      'tests/platform/style-store.test.ts': ['is fetched anew where %s'],
      'tests/core/pack/install.test.ts': [
        'with a file gone or cut is listed as damaged, and checking it makes it one to take up',
      ],
      'tests/core/library/damage.test.ts': [
        'takes with it the rows whose %s it held, and those before it stay',
        'may be a whole record: %s',
      ],
    },
  },
  {
    id: '17',
    what: 'The browser does not promise to keep what is stored.',
    tests: {
      'tests/state/create-models.test.ts': [
        'shows what comes, how fast and how long yet, and lists the model when it is there',
      ],
      'tests/state/create-storage.test.ts': [
        'shows what is kept, how much room it takes, and whether the browser promised to keep it',
      ],
    },
  },
  {
    id: '18',
    what: 'Another tab keeps the storage from being opened.',
    tests: {
      'tests/platform/record-disk.test.ts': [
        'lets another tab delete the database, and starts anew',
        'is "storage-failed" where another tab keeps it from being opened',
      ],
    },
  },
  {
    id: '19',
    what: 'The storage does not open.',
    tests: {
      'tests/platform/record-disk.test.ts': [
        'is tried once more where it does not open',
        'is "storage-failed" where it does not open twice, and is tried again at the next call',
      ],
      'tests/workers/refused-storage.test.ts': [
        'pictures that are dropped where the browser %s end with "storage-failed"',
      ],
      [APP]: ['says that the gallery cannot be read where the browser refuses it, and hangs the exhibit'],
    },
  },
  {
    id: '20',
    what: 'A newer version of the app wrote what is stored.',
    tests: {
      'tests/core/library/library.test.ts': [
        'leaves what a newer version of the app wrote as it is: read, not changed',
        'leaves a single database that a newer version wrote as it is',
      ],
      'tests/platform/gallery-store.test.ts': ['leaves records of a later version where they are, unlisted'],
      'tests/core/storage/migrate.test.ts': ['leave what a newer app wrote'],
    },
  },
  {
    id: '21',
    what: 'Several tabs add to one style at once.',
    tests: {
      'tests/core/library/library.test.ts': ['serves several tabs: no row lost or twice, each sees the others'],
      'tests/state/create-library.test.ts': [
        'shows on the shelf',
        'shows the rows that another tab adds',
        'ends the look into a style that it takes away',
      ],
      'tests/platform/writer-lock.test.ts': ['lets one writer in at a time, in the order in which they came'],
      'e2e/tabs.spec.ts': ['eight tabs that add to one style at once lose no row and double none'],
    },
    soak: ['tabs'],
  },
  {
    id: '22',
    what: 'The tab that writes dies.',
    tests: {
      'tests/platform/writer-lock.test.ts': ['passes the lock of a tab that dies on to the next'],
      'e2e/tabs.spec.ts': ['a tab that dies while it writes lets the next one write within a second'],
    },
    soak: ['tabs'],
  },
  {
    id: '23',
    what: 'Another tab has a file open.',
    tests: {
      'tests/core/pack/install.test.ts': ['is not swept while another tab is at it'],
      'e2e/models.spec.ts': ['two tabs that install one model at once fetch each byte once, and both open it'],
    },
  },
  {
    id: '24',
    what: 'The browser stores nothing at all.',
    tests: {
      'e2e/gallery.spec.ts': ['a browser that refuses to store anything says so once, in words that fit'],
      'tests/platform/style-library.test.ts': ['works from memory where the browser keeps nothing, and says so'],
      'tests/workers/refused-storage.test.ts': [
        'pictures that are dropped where the browser %s end with "storage-failed"',
      ],
    },
    missing:
      'styles of one’s own from memory: where nothing is stored none are made, and the page says that it could not store them; those of the model are had from memory',
  },
  {
    id: '25',
    what: 'The clock goes backwards.',
    tests: {
      'tests/platform/gallery-store.test.ts': [
        'lists the newest picture first, and those of one moment by id',
        'lists a picture that was made after the clock went back before those that were there',
      ],
      [APP]: ['hangs a picture before those of a clock that was ahead'],
    },
  },
  {
    id: '26',
    what: 'A page is left, frozen or come back to while it saves.',
    tests: {
      'tests/platform/load-guard.test.ts': ['takes a page that is left or reloaded in the middle for no crash'],
      'e2e/library-worker.spec.ts': ['an import goes on after a reload in its middle, and words find what it made'],
      'e2e/left-page.spec.ts': [
        'a page that is frozen while it paints and saves goes on when it is thawed, and has kept the picture',
        'a page that is left while it paints and come back to is as it was, goes on, and has kept both pictures',
      ],
    },
  },
  {
    id: '27',
    what: 'A tab is hidden for minutes while it paints.',
    tests: { 'e2e/hidden-tab.spec.ts': ['a tab behind another one paints on, step by step, to the same picture'] },
  },
  {
    id: 'T1',
    what: 'Changes of one tab are seen in the others.',
    tests: {
      'tests/state/create-library.test.ts': [
        'shows on the shelf',
        'shows the rows that another tab adds',
        'ends the look into a style that it takes away',
      ],
      'e2e/gallery.spec.ts': ['what one tab makes, deletes and brings back is seen in the other without a reload'],
      'tests/platform/gallery-changes.test.ts': [
        'tells all tabs but the one that wrote',
        'leaves no channel open in a tab that is left, and calls back when it is come back to',
      ],
      'tests/state/kept-pictures.test.ts': ['the list'],
      'tests/core/library/library.test.ts': ['serves several tabs: no row lost or twice, each sees the others'],
    },
  },
]
