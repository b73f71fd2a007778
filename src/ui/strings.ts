// Every word the page says, in one place, ready to be translated; numbers and lists are formatted here too.

import type { Toward } from '../core/diffusion/recipe.ts'
import type { SkipReason } from '../core/image/skip-reason.ts'
import type { Unfound } from '../state/library-state.ts'

const whole = new Intl.NumberFormat('en')
const twoPlaces = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const onePlace = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })
const listed = new Intl.ListFormat('en', { type: 'conjunction' })
const moment = new Intl.DateTimeFormat('en', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})

const plural = (count: number, one: string, many: string) => `${whole.format(count)} ${count === 1 ? one : many}`
const timeLeft = (seconds: number) => {
  if (seconds < 1.5) return 'a second left'
  if (seconds < 90) return `about ${Math.round(seconds)} s left`
  return `about ${Math.round(seconds / 60)} min left`
}
const megabytes = (bytes: number) => onePlace.format(bytes / 1e6)
const size = (bytes: number) => {
  if (bytes < 1e5) return `${whole.format(Math.ceil(bytes / 1000))} kB`
  return bytes < 1e9 ? `${megabytes(bytes)} MB` : `${twoPlaces.format(bytes / 1e9)} GB`
}

/** What neighbours are looked for by. */
export interface Asked {
  readonly by: 'words' | 'picture'
  /** Whether the star was moved away from it. */
  readonly isMoved: boolean
}
/** A style's rows: those that came as embeddings are no pictures. */
interface RowsOfStyle {
  readonly rows: number
  readonly hasPictures: boolean
}

const countRows = ({ rows, hasPictures }: RowsOfStyle) =>
  hasPictures ? plural(rows, 'picture', 'pictures') : plural(rows, 'row', 'rows')

/** How many of the neighbours that are listed. */
export interface Listed {
  /** Found in the chosen style. */
  readonly own: number
  /** Found in what is mixed in. */
  readonly mixed: number
  /** There because the person pinned them, wherever they lie. */
  readonly pinned: number
  /** Given by the person, from no style. */
  readonly added: number
}

export interface Searched {
  readonly style: string
  readonly of: RowsOfStyle | null
}

const chosen = ({ pinned, added }: Listed) =>
  listed.format([
    ...(pinned > 0 ? [`${whole.format(pinned)} that you pinned`] : []),
    ...(added > 0 ? [`${whole.format(added)} that you added`] : []),
  ])

/** Those that are not the chosen style's, or that nobody had to find. */
const besides = ({ own, mixed, ...others }: Listed, how: 'in' | 'of') => {
  const found = own > 0 && mixed > 0 ? `, and ${whole.format(mixed)} ${how} what is mixed in` : ''
  return others.pinned + others.added > 0 ? `${found}, beside ${chosen({ own, mixed, ...others })}` : found
}

const finds = ({ by, isMoved }: Asked) => (by === 'words' || isMoved ? 'find' : 'finds')
const your = ({ by, isMoved }: Asked) => (isMoved ? `your ${by} and the star` : `your ${by}`)

/** Without a negative zero. */
function toTwoPlaces(score: number): string {
  return twoPlaces.format(Math.abs(score) < 0.005 ? 0 : score)
}

export const strings = {
  name: 'Kindred',
  tagline: 'Write a line, choose a style, and it paints: here, in your browser.',

  nav: 'Models and styles',

  sheet: { close: 'Close' },

  prompt: {
    label: 'Prompt',
    placeholder: 'a red house by the sea',
    empty: 'Write what to paint, or take one of these',
    cut: (cutText: string) => `Too long to read to the end. It leaves out “${cutText}”.`,
    generate: 'Generate',
    examplesLabel: 'Try',
    examples: [
      'a red house by the sea',
      'a white cat under the moon',
      'an orange butterfly over a garden',
      'a blue elephant in a city',
      'a red bus in a village',
      'a lighthouse in fog',
    ],
    vocabulary: 'Words it knows',
    wordKinds: {
      subjects: 'Things',
      colours: 'Colours',
      moments: 'Time and weather',
      places: 'Places',
      amounts: 'Sizes and numbers',
      styles: 'Styles',
      other: 'Small words',
    },
    vocabularyIntro: (count: number) =>
      `This model is small: it learned ${plural(count, 'word', 'words')}. Press one to write it; others it can only guess at.`,
    openVocabulary: 'This model reads ordinary English; there is no fixed list of words.',
    unknownWords: (words: readonly string[]) =>
      `It never learned ${listed.format(words.map((word) => `“${word}”`))}, and will guess.`,
    opening: 'Opening the model',
    openingProgress: (loaded: number, total: number) =>
      `Opening the model, ${megabytes(loaded)} of ${megabytes(total)} MB`,
  },

  styles: {
    label: 'Style',
    heldOut: 'Unseen',
    heldOutNote:
      'Unseen: the model never saw these styles. It paints them from their neighbours alone, and some come out only in part.',
    opening: 'The styles appear when the model is open.',
    notAtHand: 'a style of yours that is empty or gone',
    showAll: (count: number) => `All ${count} styles`,
    showRow: 'Styles in one row',
  },

  neighbours: {
    label: 'Neighbours used',
    explained: (counts: Listed, { style, of }: Searched, asked: Asked) => {
      const nearest = (count: number) =>
        `The ${count === 1 ? 'one' : whole.format(count)} nearest to ${your(asked)}, of`
      const { own, mixed } = counts
      const found =
        own === 0
          ? `${nearest(mixed)} what is mixed in`
          : of === null
            ? `The ${plural(own, 'picture', 'pictures')} in ${style} nearest to ${your(asked)}`
            : `${nearest(own)} ${countRows(of)} in ${style}`
      return `${found}${besides(counts, 'of')}. The model looks at them while it paints.`
    },
    onlyChosen: (counts: Listed) => `Only those that you chose: ${chosen(counts)}.`,
    elsewhere: (count: number, style: string) =>
      `This picture had ${plural(count, 'neighbour', 'neighbours')}${style && ` in ${style}`}. Make one, and yours will show here.`,
    samples: (style: string) => `From ${style}`,
    none: 'None: this picture was painted from the words alone.',
    noneAhead: 'None: the next picture is painted from the words alone.',
    notYet: 'The pictures nearest to your words will show here.',
    searching: 'Looking for the pictures nearest to your words.',
    score: toTwoPlaces,
    scoreLabel: (score: number) => `similarity ${toTwoPlaces(score)}`,
    untitled: 'A picture without a caption',
    foreseen: (counts: Listed, { style, of }: Searched, asked: Asked) => {
      const { own, mixed } = counts
      const count = own || mixed
      const isCounted = own > 0 && of !== null
      const where = own === 0 ? 'In what is mixed in' : of === null ? `In ${style}` : `Of ${countRows(of)} in ${style}`
      const one = isCounted ? 'this one' : 'this picture'
      return `${where}, ${your(asked)} ${finds(asked)} ${count === 1 ? one : `these ${whole.format(count)}`}${besides(counts, 'in')}.`
    },
    steer: 'Press a picture to pin it, again to leave it out.',
    steerStar: 'Drag the star to ask for something between.',
    nearer: (caption: string) => `Draw the star to ${caption}`,
    pinned: 'Pinned',
    leftOut: 'Left out',
    leftOutLabel: 'Neighbours left out',
    restore: (caption: string) => `Let ${caption} in again`,
    give: 'Add a picture',
    ask: 'Look for a picture',
    giveNote: 'Or drop or paste one. It is read here and kept nowhere but in the recipe, as numbers.',
    reading: 'Reading the picture.',
    unread: (name: string, reason: string) => `${name} ${reason}.`,
    unreadOther: (name: string) => `${name} could not be read.`,
    asked: 'Looks for',
    added: 'Added',
    takeBack: (name: string) => `Take ${name} away again`,
  },

  constellation: {
    label: (style: string) => `Map of ${style}`,
    keys: 'Arrow keys move the map, plus and minus zoom, 0 shows all of it. The star on it can be moved by keys of its own. The list Neighbours used says the same in words.',
    star: 'Star: your words',
    starMoved: 'Star: between your words and other pictures',
    starKeys: 'Drag it, or move it by arrow keys, to look for something between your words and the pictures there.',
    starMovedKeys: 'Drag it, or move it by arrow keys. Escape, Enter or a double press brings it back to your words.',
    back: 'Back to the words',
    said: {
      star: (nearest: readonly string[]) =>
        `The star is between your words and the pictures where it lies. Nearest now: ${listed.format(nearest)}.`,
      back: 'The star is back at your words.',
    },
    opening: 'The pictures of the style gather here as a map.',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
    whole: 'Whole map',
  },

  dropping: {
    hover: (count: number, arePictures: boolean) => {
      if (arePictures) return `Make a style of ${plural(count, 'picture', 'pictures')}`
      return count > 1
        ? `Make styles of ${plural(count, 'folder or file', 'folders and files')}`
        : 'Make a style of this'
    },
    hoverInto: (name: string) => `Add to ${name}`,
    hoverGive: 'Add it to the neighbours',
    hoverAsk: 'Look for it in place of your words',
    hoverNote: 'Let go anywhere. Nothing leaves this device.',
    addFolder: 'Drop a folder, get a style',
    addFiles: 'Choose pictures',
    counting: (name: string) => `Looking into ${name}`,
    counted: (count: number) => `${plural(count, 'file', 'files')} so far`,
    never: 'Never mind',
    emptyTitle: 'No files there',
    empty: 'What you dropped holds no files. Pictures may be PNG, JPEG, WebP, AVIF, GIF or BMP, in folders or zips.',
    backup: {
      title: 'This is a backup of Kindred',
      facts: (bytes: number) => size(bytes),
      note: 'Restoring adds the styles and pictures that are not here, and changes nothing that is.',
      restore: 'Restore from it',
      busy: 'Storage is at something else now. This can begin once that is done.',
    },
    pack: {
      title: 'This is a model',
      facts: (bytes: number) => size(bytes),
      note: 'Installing keeps it on this device. Kindred goes on painting with the model in use until you choose this one.',
      install: 'Install this model',
      busy: 'Models is at something else now. This can begin once that is done.',
    },
    asPictures: 'Make styles of it',
    choose: (count: number, folders: number) =>
      `${plural(count, 'file', 'files')} in ${plural(folders, 'folder', 'folders')}`,
    filesIn: (count: number) => plural(count, 'file', 'files'),
    moreFolders: (count: number) => `and ${plural(count, 'more folder', 'more folders')}`,
    oneForEach: (folders: number) => `${whole.format(folders)} styles, one for each folder`,
    oneForAll: (name: string) => `One style, ${name}`,
    importsLabel: 'Pictures on their way',
    progressLabel: (name: string) => `Reading ${name}`,
    keeping: 'Joining the line…',
    waiting: 'Waits for its turn.',
    /** @param canPause pictures alone go on where they were */
    quiet: (canPause: boolean) =>
      `Nothing has come of it for two minutes: it may be stuck. ${canPause ? 'Pause it, then go on: what is kept stays.' : 'Stop it, then begin again.'}`,
    /** @param handedOver files that are on their way to be read; nothing is said of none or all */
    preparing: (total: number, handedOver: number) =>
      handedOver > 0 && handedOver < total
        ? `Getting ready to look at them: ${whole.format(handedOver)} of ${plural(total, 'file', 'files')} so far.`
        : `${plural(total, 'file', 'files')}. Getting ready to look at them.`,
    running: (
      { done, total }: { readonly done: number; readonly total: number },
      ratePerSecond: number,
      secondsLeft: number | null,
    ) =>
      [
        `${whole.format(done)} of ${whole.format(total)}`,
        ...(ratePerSecond > 0 ? [`${onePlace.format(ratePerSecond)} a second`] : []),
        ...(secondsLeft === null ? [] : [timeLeft(secondsLeft)]),
      ].join(', '),
    reading: (done: number, total: number) =>
      total > 0 ? `${whole.format(done)} of ${whole.format(total)}` : 'Opening the file',
    done: ({
      added,
      duplicates,
      skipped,
    }: {
      readonly added: number
      readonly duplicates: number
      readonly skipped: number
    }) =>
      [
        added > 0 ? `Ready: ${plural(added, 'picture', 'pictures')}.` : 'No new pictures.',
        ...(duplicates > 0 ? [`${whole.format(duplicates)} came twice and count once.`] : []),
        ...(skipped > 0 ? [`${whole.format(skipped)} could not be used.`] : []),
      ].join(' '),
    doneFile: (of: RowsOfStyle | null) => (of === null ? 'Ready.' : `Ready: ${countRows(of)}.`),
    readingAgain: (done: number, total: number) =>
      total > 0
        ? `Reading again for this model: ${whole.format(done)} of ${whole.format(total)}`
        : 'Getting ready to read them again.',
    doneAgain: (total: number) => `Ready: ${plural(total, 'picture', 'pictures')} read again for this model.`,
    doneRows: (rows: number, withoutDirection: number) =>
      [
        `Ready: ${plural(rows, 'row', 'rows')}. They came as embeddings, so there are no pictures to show.`,
        ...(withoutDirection > 0 ? [`${whole.format(withoutDirection)} pointed nowhere and were left out.`] : []),
      ].join(' '),
    refusedRows: (why: string) => `These embeddings cannot be used: ${why.replace(/^embeddings: /, '')}.`,
    ownStyle: 'A saved style and embeddings become a style of their own. Nothing is added to this one.',
    notAdded: 'Nothing was added to this style.',
    paintWithIt: 'Paint with it',
    pause: 'Pause',
    stop: 'Stop here',
    goOn: 'Go on',
    pickAgain: 'Pick the folder again to go on',
    pickFilesAgain: 'Pick the files again',
    unfound: {
      gone: 'Its files are not where they were. If they lie on a disk that is not connected, connect it and go on; else pick them again.',
      refused: 'Kindred may not read its folder. Go on and allow it, or pick the files again.',
      'none-picked': 'What you picked does not hold its files. Pick its folder, or the files themselves.',
    } satisfies Record<Unfound, string>,
    /** @param kept pictures; null where none is, and there is nothing to go on with */
    noRoom: (kept: number | null, total: number, largest: { readonly name: string; readonly bytes: number } | null) =>
      [
        `This browser has no room left: ${plural(kept ?? 0, 'picture', 'pictures')} of ${plural(total, 'file', 'files')} kept.`,
        `Storage shows what takes room. Remove what you can do without, then ${kept === null ? 'add them again' : 'go on'}.`,
        ...(largest === null ? [] : [`Your largest other style is ${largest.name}, ${size(largest.bytes)}.`]),
      ].join(' '),
    enough: 'That is enough',
    paused: (added: number, skipped: number, total: number) =>
      added + skipped === 0
        ? `Not begun yet: ${plural(total, 'file', 'files')}.`
        : `Paused: ${plural(added, 'picture', 'pictures')} of ${plural(total, 'file', 'files')} kept${skipped > 0 ? `, ${whole.format(skipped)} left out` : ''}.`,
    skipped: (count: number) => `${whole.format(count)} left out`,
    moreSkipped: (count: number) => `and ${whole.format(count)} more`,
    reasons: {
      empty: 'has no bytes',
      'not-a-picture': 'is no picture that browsers know',
      svg: 'is a drawing in SVG, which is not taken',
      'too-large': 'is too large a file',
      'too-many-pixels': 'has too many pixels',
      truncated: 'ends too early',
      damaged: 'is damaged',
      'too-slow': 'took too long to read',
      unreadable: 'could not be read',
      'zip-damaged': 'is a damaged zip',
    } satisfies Record<SkipReason, string>,
  },

  library: {
    open: 'Your styles',
    title: 'Your styles',
    back: 'All styles',
    opening: 'Opening your styles.',
    empty: 'None yet. Drop a folder of pictures anywhere, and it becomes a style to paint with.',
    nameless: 'My pictures',
    size: (rows: number, bytes: number, hasPictures: boolean) =>
      `${hasPictures ? plural(rows, 'picture', 'pictures') : plural(rows, 'row without a picture', 'rows without pictures')}, ${size(bytes)}`,
    madeFor: (model: string | null) => `made for ${model ?? 'another model'}`,
    clip: (clipId: string) => `CLIP ${clipId.slice(0, 8)}`,
    readFor: (model: string | null) => `Its pictures were read for ${model ?? 'another model'}.`,
    sameClip: 'The open model reads with it too.',
    otherClip:
      'Another model’s CLIP read these pictures. They have to be read again before this model can paint with them.',
    readInPart: (done: number, rows: number) =>
      `Another model’s CLIP read these pictures. ${whole.format(done)} of ${whole.format(rows)} are read again for this one.`,
    cannotBeRead: (missing: number, rows: number) =>
      missing === rows
        ? 'Another model’s CLIP made these rows, and they came without pictures that this model could read. The other model still paints with them.'
        : `Another model’s CLIP read these pictures, and ${whole.format(missing)} of ${whole.format(rows)} are not kept here. Without those, the others can be read again for this model.`,
    embedAgain: 'Read them again for this model',
    embedOn: 'Go on reading them',
    readDamaged: (count: number) => `Read ${plural(count, 'damaged picture', 'damaged pictures')} again`,
    readOnly: 'A newer version of Kindred wrote this; here it can be looked at, not changed.',
    lookInto: (name: string) => `Look into ${name}`,
    look: 'Look inside',
    removed: (name: string) => `${name} is removed, and goes for good after the next visit.`,
    addFolder: 'Add a folder',
    addFiles: 'Add pictures or a saved style',
    addNote: 'Or drop them anywhere. Folders may hold folders, and zips count as folders.',
    addTo: 'Add pictures',
    about: 'About this style',
    name: 'Name',
    rename: 'Rename',
    save: 'Save as a file',
    mergeLabel: 'Merge into another style',
    mergeInto: 'Merge into …',
    mergeSure: (name: string, of: RowsOfStyle, into: string) =>
      `What is in ${name} (${countRows(of)}) goes into ${into}, and ${name} itself is gone. What both have stays once. This cannot be undone.`,
    merge: 'Merge them',
    mergeNot: 'Keep both',
    remove: 'Remove this style',
    search: 'Search inside',
    searchPlaceholder: 'Search by words',
    searchByPicture: 'by a picture',
    found: (count: number, label: string) => `The ${whole.format(count)} nearest to “${label}”.`,
    searching: 'Comparing the pictures. The first time in a large style this takes some seconds.',
    foundFor: (label: string) => `Nearest to ${label}`,
    showAll: 'Show all',
    picturesOf: (name: string) => `Pictures of ${name}`,
    pictureNumber: (number: number) => `Picture ${whole.format(number)}`,
    selectHint: 'Press a picture to choose it, twice to see it large.',
    selected: (count: number) => `${whole.format(count)} chosen`,
    removeSelected: (count: number) => `Remove ${plural(count, 'picture', 'pictures')} for good`,
    removeSure: (count: number, of: RowsOfStyle, style: string) =>
      count === of.rows
        ? `All that is in ${style} (${countRows(of)}) is removed, and the style stays empty. This cannot be undone.`
        : `${whole.format(count)} of ${countRows(of)} are removed from ${style}. This cannot be undone.`,
    removeYes: 'Remove them',
    removeNot: 'Keep them',
    numbered: (name: string, number: number) => `${name} (${whole.format(number)})`,
    moveLabel: 'Move to another style',
    moveTo: 'Move to …',
    move: (count: number) => `Move ${plural(count, 'picture', 'pictures')}`,
    moved: (count: number, into: string) => `${plural(count, 'picture', 'pictures')} moved to ${into}.`,
    selectAll: 'Choose all',
    clearSelected: 'Choose none',
    viewSelected: 'See it large',
    viewed: {
      place: (number: number, count: number) => `${whole.format(number)} of ${whole.format(count)}`,
      size: (width: number, height: number) => `${whole.format(width)} × ${whole.format(height)} pixels when it came`,
      kept: {
        picture: (width: number, height: number) => `kept at ${whole.format(width)} × ${whole.format(height)}`,
        thumbnail: () => 'only its thumbnail is kept',
        nothing: () => 'no picture of it is kept that can be read',
      },
      previous: 'Previous picture',
      next: 'Next picture',
    },
    caption: 'Caption',
    saveCaption: 'Keep',
    unreadPicture: (reason: string) => `That picture cannot be looked for: it ${reason}.`,
    unreadPictureNext: 'Another one can be, and the style is as it was.',
    trouble: {
      'invalid-input': {
        happened: 'A file or a picture could not be read.',
        stillWorks: 'Your styles are as they were; the details say what is wrong with it.',
      },
      'database-missing': {
        happened: 'That style, or a picture of it, is not here any more.',
        stillWorks: 'Another tab may have taken it away. The other styles still work.',
      },
      'worker-died': {
        happened: 'The part that looks after your styles stopped without saying why.',
        stillWorks: 'It was started again; what was kept is there. Try that once more.',
      },
    },
  },

  canvas: {
    result: 'Result',
    empty: 'Your picture will hang here.',
    exhibit: 'Came with Kindred.',
    download: 'Download',
    onWall: (prompt: string) => `On the wall: ${prompt}`,
  },

  progress: {
    label: 'Generation progress',
    cancel: 'Cancel',
    cancelling: 'Stopping',
    opening: 'Waiting for the model to open',
    opened: (loaded: number, total: number) => `${megabytes(loaded)} of ${megabytes(total)} MB`,
    text: 'Reading your words',
    search: 'Finding neighbours',
    denoise: 'Painting',
    decode: 'Finishing the picture',
    step: (step: number, steps: number) => `step ${step} of ${steps}`,
    tile: (tile: number, tiles: number) => `tile ${tile} of ${tiles}`,
    timeLeft,
  },

  settings: {
    label: 'Settings',
    summary: (k: number, steps: number, sampler: string, keepSeed: boolean) =>
      `${plural(k, 'neighbour', 'neighbours')}, ${plural(steps, 'step', 'steps')} of ${sampler}, ${keepSeed ? 'seed kept' : 'new seed each time'}`,
    neighbours: 'Neighbours',
    neighboursNote: 'k: how many pictures of the style the model looks at. With 0 it paints from the words alone.',
    mix: 'Mix in',
    mixAdd: 'Choose another to mix in',
    mixNote: 'The neighbours are then shared out between them, by weight.',
    mixWeight: (name: string) => `Weight of ${name}`,
    mixShare: (weight: number) => `${onePlace.format(weight)} to 1`,
    mixRemove: (name: string) => `Leave ${name} out`,
    seed: 'Seed',
    seedNote: 'The noise a picture starts from. The same seed and settings make the same picture.',
    newSeed: 'New seed',
    freshSeed: 'A new seed for every picture',
    steps: 'Steps',
    stepsNote: 'More steps, finer detail, longer wait.',
    guidance: 'Guidance',
    guidanceNote: 'How strictly the picture follows words and neighbours. 1 turns it off.',
    sampler: 'Sampler',
    samplerNote: 'The way from noise to picture. DPM-Solver needs the fewest steps, PLMS fifty.',
    samplers: { ddim: 'DDIM', plms: 'PLMS', dpm: 'DPM-Solver' },
    size: 'Size',
    sizeNote: (side: number) => `Pixels. The model learned at ${side} × ${side}; elsewhere it improvises.`,
    sizeName: (width: number, height: number) => `${width} × ${height}`,
    eta: 'Eta',
    etaNote: 'DDIM’s noise: 0 is repeatable step by step, 1 is as noisy as DDPM.',
  },

  recipe: {
    label: 'Recipe',
    prompt: 'Words',
    style: 'Style database',
    neighbours: 'Neighbours',
    neighbourIds: 'Neighbour ids',
    pinned: 'Pinned',
    leftOut: 'Left out',
    lookedFor: 'Looked for',
    starDrawn: 'Star drawn toward',
    starShare: ({ share, pictures }: Toward) => `${pictures.map(({ id }) => id).join(', ')} (a share of ${share})`,
    given: 'Added',
    mixed: 'Mixed in',
    inStyle: (id: string, style: string) => `${id} in ${style}`,
    mixedStyle: (name: string, weight: number) => `${name} (${onePlace.format(weight)} to 1)`,
    seed: 'Seed',
    steps: 'Steps',
    stepsRun: (asked: number, run: number) => (asked === run ? `${asked}` : `${asked} asked, ${run} run`),
    sampler: 'Sampler',
    eta: 'Eta',
    guidance: 'Guidance',
    size: 'Size',
    model: 'Model',
    hash: (hash: string) => hash.slice(0, 12),
    time: 'Time',
    timeSpent: (milliseconds: number, step: number) =>
      `${onePlace.format(milliseconds / 1000)} s, ${whole.format(Math.round(step))} ms a step`,
    use: 'Use these settings',
    taken: (prompt: string) => `Prompt, style and settings are those of “${prompt}”.`,
    inPicture: 'The downloaded PNG carries this recipe inside.',
  },

  gallery: {
    label: 'Gallery',
    empty: 'Pictures you make gather here, and stay in this browser.',
    show: 'Show on the wall',
    download: 'Download',
    delete: 'Delete',
    deleted: 'Deleted.',
    undo: 'Undo',
    made: (createdAt: number) => moment.format(createdAt),
    pictureOf: (prompt: string) => `Picture of ${prompt}`,
  },

  modelCard: {
    label: 'What it can and cannot do',
    purposeLabel: 'For',
    purpose:
      'Seeing how retrieval gives a picture its style: small pictures of simple scenes, made on your own machine. Swap the style database, also for one of your own, and the style follows without training.',
    sourceLabel: 'Learned from',
    source:
      'Pictures that a program painted, and captions that it wrote: no photographs, no artworks, nobody’s data. It knows 67 things, ten colours, five times of day, seven kinds of weather and fifteen places, numbers up to four, small and large. Most of them come out nearly always; a snail or a vase seldom, a barn, a bicycle, a dog, a kite or an owl every other time.',
    stylesLabel: 'Styles',
    styles: (trained: number, heldOut: readonly string[]) =>
      `It was trained on ${plural(trained, 'style', 'styles')} of this list and on two thousand mixtures. It never painted ${listed.format(heldOut)} before you ask: those it takes from their neighbours alone, and often misses.`,
    limitsLabel: 'Not for',
    limits: [
      'People, faces, writing, photographs: it has never seen any.',
      'Words outside its list: it guesses.',
      'Fine detail: marks under three pixels come out soft.',
      'Several different things in one picture: it was taught one kind at a time.',
    ],
    measuredLabel: 'Measured',
    measured: 'How often it painted the style and the thing that were asked for, with pictures of all of it:',
    report: 'the evaluation',
  },

  models: {
    label: 'Models',
    onThisDevice: 'Models on this device',
    builtIn: 'Kindred’s own',
    builtInNote: 'Small, came with the app, always here.',
    inUse: 'In use',
    use: 'Use',
    nameUse: (name: string) => `Use ${name}`,
    check: 'Check',
    checkNamed: (name: string) => `Check ${name}`,
    remove: 'Remove',
    removeNamed: (name: string) => `Remove ${name}`,
    resume: 'Resume',
    repair: 'Repair',
    pause: 'Pause',
    cancel: 'Cancel',
    stop: 'Stop',
    opening: 'Opening the model.',
    painting: 'Another model can be used when the picture is done.',
    foundWhole: 'Every byte is as it should be.',
    looking: 'Looking at the model',
    checking: 'Checking every byte',
    installing: (name: string) => `Installing ${name}`,
    amount: (there: number, total: number) => `${size(there)} of ${size(total)}`,
    rate: (bytesPerSecond: number) => `${size(bytesPerSecond)} a second`,
    waiting: (why: string) => `Waiting to try again: ${why}.`,
    facts: (
      state: 'installed' | 'unfinished' | 'damaged' | 'busy',
      there: number,
      total: number,
      origin: { readonly kind: 'url'; readonly url: string } | { readonly kind: 'folder' | 'unknown' },
    ) => {
      const from = origin.kind === 'url' ? `, from ${new URL(origin.url).host}` : ''
      if (state === 'busy') return `${size(total)}; another tab is at it`
      if (state === 'damaged') return `${size(total)}${from}; a file of it is gone or damaged`
      if (state === 'installed') return `${size(total)}${from}`
      const then = origin.kind === 'url' ? '' : '; pick its folder or zip again to go on'
      return `${size(there)} of ${size(total)} are here${from}${then}`
    },
    install: 'Install',
    address: 'Address',
    addressNote:
      'A folder with a pack.json, as npm run convert writes it. The server learns that you fetch it, and nothing else.',
    pickFolder: 'Pick a folder',
    dropNote: 'or drop one here, or a zip of it.',
    notProtected: 'This browser may delete installed models when the disk is full.',
    trouble: {
      'invalid-input': {
        happened: 'There is no model to install there.',
        stillWorks: 'It takes an https address, a folder or a zip of one, with a pack.json.',
      },
      'pack-missing': {
        happened: 'There is no whole model there.',
        stillWorks: 'What has arrived is kept, if anything has; the details say what is missing.',
      },
      'pack-damaged': {
        happened: 'What came is not what the model says of itself.',
        stillWorks: 'The parts that were right are kept; trying again fetches the others.',
      },
      'storage-full': {
        happened: 'There is no room for this model.',
        stillWorks: 'Remove another model or some pictures, then try again.',
      },
    },
  },

  damage: ({
    rows,
    thumbnails,
    images,
  }: {
    readonly rows: number
    readonly thumbnails: number
    readonly images: number
  }) =>
    [
      ...(rows > 0
        ? [`${plural(rows, 'picture', 'pictures')} of it ${rows === 1 ? 'is' : 'are'} damaged and left out.`]
        : []),
      ...(thumbnails > 0 ? [`${plural(thumbnails, 'thumbnail', 'thumbnails')} lost, or left out as too large.`] : []),
      ...(images > 0 ? [`${plural(images, 'large picture', 'large pictures')} lost, or left out as too large.`] : []),
      'A backup brings back what is lost; so does adding the files of pictures that are left out.',
    ].join(' '),

  storage: {
    label: 'Storage',
    used: (used: number, quota: number) =>
      `Kindred takes ${size(used)}; this browser lets it have up to ${size(quota)}.`,
    measuring: 'Looking at what is kept here.',
    list: 'What takes room',
    pictures: 'Pictures you made',
    picturesNote: (count: number, bytes: number) => `${plural(count, 'picture', 'pictures')}, ${size(bytes)}`,
    deletePictures: 'Delete them all',
    deletePicturesSure: (count: number) => `Yes, delete ${plural(count, 'picture', 'pictures')} for good`,
    keepPictures: 'Keep them',
    styleNote: (rows: number, bytes: number) => `Your style, ${plural(rows, 'picture', 'pictures')}, ${size(bytes)}`,
    modelNote: (bytes: number) => `Model, ${size(bytes)}`,
    remove: 'Remove',
    removeNamed: (name: string) => `Remove ${name}`,
    removed: 'Removed styles',
    removedNote: (count: number, bytes: number) =>
      `${plural(count, 'style', 'styles')} that can still be had back, ${size(bytes)}`,
    purge: 'Delete for good',
    rest: 'Kindred itself',
    restNote: (bytes: number) => `The app, its model and its styles, kept to work offline: about ${size(bytes)}`,
    protectedNote: 'This browser promised not to clear any of it by itself.',
    unprotected: 'This browser may clear all of it when the disk is full. A backup is safe from that.',
    protect: 'Ask it to keep everything',
    shared: (host: string) =>
      `Other pages of ${host} can read and change what is kept here: a browser gives all of one host one storage.`,
    backupTitle: 'Backup',
    backupNote:
      'All your styles and pictures with their recipes, as one file. Models are not in it, but the name of the one in use: they install again.',
    backUp: 'Back up everything',
    restore: 'Restore from a backup',
    restoreNote: 'Restoring adds what is not here, and changes nothing that is.',
    check: 'Check my styles',
    checking: 'Reading every picture of your styles',
    checked: (damaged: number) =>
      damaged === 0
        ? 'All your styles are as they were written.'
        : `${plural(damaged, 'style', 'styles')} lost something: see the list.`,
    forgetDamage: 'Delete what is damaged',
    forgetDamageNamed: (name: string) => `Delete what is damaged in ${name}`,
    backingUp: 'Writing the backup',
    restoring: 'Checking and restoring',
    freeing: 'Making room',
    amount: (done: number, total: number) => (total > 0 ? `${Math.floor((100 * done) / total)} %` : size(done)),
    backedUp: (bytes: number) => `The backup has ${size(bytes)}. Keep it where this browser does not reach.`,
    restored: (
      styles: { readonly restored: number; readonly present: number },
      pictures: { readonly restored: number; readonly present: number; readonly leftOut: number },
    ) => {
      const present = styles.present + pictures.present
      return [
        styles.restored + pictures.restored === 0
          ? pictures.leftOut > 0
            ? 'Nothing came back.'
            : 'Nothing was missing.'
          : `Back again: ${plural(styles.restored, 'style', 'styles')} and ${plural(pictures.restored, 'picture', 'pictures')}.`,
        ...(present > 0 ? [`${whole.format(present)} were here already.`] : []),
        ...(pictures.leftOut > 0
          ? [`Left out: ${plural(pictures.leftOut, 'picture', 'pictures')} whose file is no PNG, or too large to show.`]
          : []),
      ].join(' ')
    },
    modelBefore: (name: string, url: string | null) =>
      `You painted with the model “${name}”${url === null ? ', from a folder.' : `, from ${new URL(url).host}.`}`,
    paintWith: (name: string) => `Paint with ${name}`,
    installModel: (name: string) => `Install ${name} again`,
    installing: 'Installing: see Models',
    trouble: {
      'invalid-input': {
        happened: 'This file is no backup, or it is damaged.',
        stillWorks: 'What is here stays as it is; the details say what is wrong with the file.',
      },
      'storage-full': {
        happened: 'There is no room for all of it.',
        stillWorks: 'What came before is kept. Make room, then restore again: it goes on from there.',
      },
    },
  },

  notices: {
    promptCut: (cutText: string) => `That was too long to read to the end. Left out: “${cutText}”.`,
    promptCutNoText: (maxTokens: number) =>
      `That was too long to read to the end; the first ${maxTokens} tokens counted.`,
    notSaved:
      'This picture could not be stored in the browser. It stays until the page closes; download it to keep it.',
    notDeleted: 'This picture could not be deleted from what the browser stores. It may be back on the next visit.',
    galleryUnread:
      'This browser does not let Kindred keep pictures. You can paint all the same; download what should outlast this page.',
    picturesCleared: (count: number) =>
      `The browser cleared what Kindred had stored: ${plural(count, 'picture', 'pictures')}, and whatever styles and models there were. A backup brings back what was in it: open Storage.`,
    notSavedAction: 'Download it',
    modelNotOpened: (why: string) =>
      `The model that you chose could not be opened (${why}). The built-in one is open in its place.`,
    /** @param databaseId null where it says nothing to a person */
    recipeElsewhere: (databaseId: string | null) =>
      `That recipe was made with a style or model that is not here${databaseId === null ? '' : ` (${databaseId})`}. Everything else in it was taken over.`,
    gpuTrouble: {
      'device-lost': 'The graphics processor stopped answering.',
      'out-of-memory': 'The graphics processor ran out of memory.',
      'broken-numbers': 'The graphics processor gave numbers that are no picture.',
      silence: 'The part that paints was started anew.',
    },
    quiet: {
      picture:
        'Nothing has come of this picture for minutes. A slow machine may need them; the part that paints may also have stopped answering.',
      model:
        'Nothing has come of opening the model for minutes. A slow machine or connection may need them; the part that paints may also have stopped answering.',
    },
    startAnew: 'Start it anew',
    goOnWaiting: 'Go on waiting',
    wentOn: {
      gpu: 'The picture went on from the step that it had reached.',
      gpuFp32:
        'The picture went on from the step that it had reached, with more exact numbers, which take more of its memory.',
      wasm: 'The picture went on from the step that it had reached, on the processor, which is slower.',
    },
    inTiles: (tiles: number) =>
      `The graphics processor does not take a picture of this size at once. This one was put together from ${tiles} overlapping tiles, and its tones differ a little from those of one made whole.`,
    dismiss: 'Close',
  },

  trouble: {
    details: 'Details',
    tryAgain: 'Try again',
    close: 'Close',
    useProcessor: 'Use the processor',
    chooseStyle: 'Choose another style',
    openSettings: 'Open settings',
    cancelled: { happened: 'Stopped.', stillWorks: 'The last picture is still on the wall.' },
    invalidInput: {
      happened: 'One of the settings is out of range.',
      stillWorks: 'Nothing was lost; correct it and try again.',
    },
    packMissing: {
      happened: 'A part of the model could not be fetched.',
      stillWorks: 'Your gallery still works. Check the connection, then try again.',
    },
    packDamaged: {
      happened: 'A part of the model arrived damaged.',
      stillWorks: 'Your gallery still works. Fetching it again usually helps.',
    },
    packUnsuitable: {
      happened: 'This model needs more than this machine has.',
      stillWorks: 'Nothing was fetched; the models that are here still work.',
    },
    packElsewhere: {
      happened: 'The server sends on to another address, which was not asked for anything.',
      stillWorks: 'Nothing goes to a host that you did not name. If you know where the model lies, give that address.',
    },
    downloadFailed: {
      happened: 'The server stopped sending.',
      stillWorks: 'What has arrived is kept, and the download goes on from there.',
    },
    databaseMissing: {
      happened: 'The pictures of this style could not be fetched.',
      stillWorks: 'The other styles still work.',
    },
    databaseDamaged: {
      happened: 'The pictures of this style are damaged.',
      stillWorks: 'The other styles still work.',
    },
    databaseOtherClip: {
      happened: 'This style was made for another model, so its pictures cannot be compared with your words.',
      stillWorks: 'The other styles still work.',
    },
    webgpuUnavailable: {
      happened: 'This browser offers no graphics processor to pages.',
      stillWorks: 'Kindred also runs on the processor, only slower.',
    },
    deviceLost: {
      happened: 'The graphics processor stopped answering.',
      stillWorks: 'Your words and settings are as you left them.',
    },
    outOfMemory: {
      happened: 'There was not enough memory for this picture.',
      stillWorks: 'Close other tabs or choose a smaller size, then try again.',
    },
    brokenNumbers: {
      happened: 'The model lost its way: what it gave is no picture.',
      stillWorks: 'Another seed or less guidance usually helps. Your words and settings are as you left them.',
    },
    loadCrashed: {
      happened: 'The page stopped twice while the model was opening, so this time it was left closed.',
      stillWorks: 'Your gallery still works. Trying again opens the model without the graphics processor.',
    },
    storageFull: {
      happened: 'This browser has no room left to store pictures.',
      stillWorks: 'Pictures can still be made and downloaded. Delete a few from the gallery to make room.',
    },
    storageFailed: {
      happened: 'This browser could not read or write what it stores.',
      stillWorks: 'Pictures can still be made and downloaded.',
    },
    workerDied: {
      happened: 'The part that paints stopped without saying why.',
      stillWorks: 'Your words and settings are as you left them.',
    },
    appPartMissing: {
      happened: 'A part of the app could not be fetched.',
      stillWorks: 'Your gallery is as you left it. Check the connection, then load the page again.',
    },
    buildMismatch: {
      happened: 'A part of this page belongs to another version of Kindred.',
      stillWorks: 'Your gallery is as you left it; loading the page again puts this right.',
    },
    internal: {
      happened: 'Something went wrong in Kindred itself.',
      stillWorks: 'Your gallery, words and settings are as you left them.',
    },
  },

  offline: {
    ready: 'Ready to work offline: Kindred opens without a network now.',
    isolate: 'Load the page once more to paint with every core of the processor.',
    updateWaiting: 'A new version of Kindred is here. Your pictures and styles stay as they are.',
    update: 'Update now',
    updating: 'Updating as soon as no tab is at work.',
    otherBuild: 'This page is older than the rest of Kindred. Load it again before you go on.',
    retired: 'Kindred was withdrawn from this browser’s keeping. Load the page again; your pictures stay.',
    missingPart: 'A part of this page could not be fetched. Load it again.',
    reload: 'Load again',
    offerInstall: 'Keep Kindred at hand? Installed, it opens in a window of its own.',
    install: 'Install',
    notNow: 'Not now',
    waitingFiles: (count: number) =>
      `${plural(count, 'file', 'files')} came from another app and ${count === 1 ? 'waits' : 'wait'} here.`,
    filesRefused:
      'Not all files that were shared or opened could be taken: they are gone, or this browser has no room for them. Free some, then try again.',
    close: 'Close',
  },

  footer: {
    privacy: 'Your words and pictures never leave this device.',
    backends: { 'webgpu-jspi': 'WebGPU', webgpu: 'WebGPU', wasm: 'the processor (wasm)' },
    runsOn: (backend: string, dtype: string) => `Runs on ${backend}, ${dtype}`,
    threads: (threads: number) => plural(threads, 'thread', 'threads'),
    model: (name: string) => `Model: ${name}`,
  },
} as const
