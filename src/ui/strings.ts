// Every word the page says, in one place, ready to be translated; numbers and lists are formatted here too.

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
const megabytes = (bytes: number) => onePlace.format(bytes / 1e6)

export const strings = {
  name: 'Kindred',
  tagline: 'Write a line, choose a style, and it paints: here, in your browser.',

  prompt: {
    label: 'Prompt',
    placeholder: 'a red house by the sea',
    generate: 'Generate',
    examplesLabel: 'Try',
    examples: [
      'a red house by the sea',
      'a white cat under the moon',
      'a yellow balloon over the mountains',
      'a blue boat on a lake',
      'a lighthouse in fog',
    ],
    vocabulary: 'Which words does it know?',
    vocabularyIntro: (count: number) =>
      `This model is small: it learned its language from ${plural(count, 'word', 'words')}. Others it can only guess at.`,
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
    heldOutNote: 'Unseen: this style was kept out of training. The model paints it from its neighbours alone.',
    opening: 'The styles appear when the model is open.',
  },

  neighbours: {
    label: 'Neighbours used',
    explained: (count: number, style: string, rows: number | null) =>
      rows === null
        ? `The ${plural(count, 'picture', 'pictures')} in ${style} nearest to your words. The model looks at them while it paints.`
        : `The ${count === 1 ? 'one' : whole.format(count)} nearest to your words, of ${plural(rows, 'picture', 'pictures')} in ${style}. The model looks at them while it paints.`,
    elsewhere: (count: number, style: string) =>
      `This picture had ${plural(count, 'neighbour', 'neighbours')}${style && ` in ${style}`}. Make one, and yours will show here.`,
    samples: (style: string) => `From ${style}`,
    none: 'None: this picture was painted from the words alone.',
    notYet: 'The pictures nearest to your words will show here.',
    searching: 'Looking for the pictures nearest to your words.',
    score: (score: number) => twoPlaces.format(score),
    scoreLabel: (score: number) => `similarity ${twoPlaces.format(score)}`,
    untitled: 'A picture without a caption',
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
    text: 'Reading your words',
    search: 'Finding neighbours',
    denoise: 'Painting',
    decode: 'Finishing the picture',
    step: (step: number, steps: number) => `step ${step} of ${steps}`,
    timeLeft: (seconds: number) => {
      if (seconds < 1.5) return 'a second left'
      if (seconds < 90) return `about ${Math.round(seconds)} s left`
      return `about ${Math.round(seconds / 60)} min left`
    },
  },

  settings: {
    label: 'Settings',
    summary: (k: number, steps: number, sampler: string, keepSeed: boolean) =>
      `${plural(k, 'neighbour', 'neighbours')}, ${plural(steps, 'step', 'steps')} of ${sampler}, ${keepSeed ? 'seed kept' : 'new seed each time'}`,
    neighbours: 'Neighbours',
    neighboursNote: 'k: how many pictures of the style the model looks at. With 0 it paints from the words alone.',
    seed: 'Seed',
    seedNote: 'The noise a picture starts from. The same seed and settings make the same picture.',
    newSeed: 'New seed',
    freshSeed: 'A new seed for every picture',
    steps: 'Steps',
    stepsNote: 'More steps, finer detail, longer wait.',
    guidance: 'Guidance',
    guidanceNote: 'How strictly the picture follows words and neighbours. 1 turns it off.',
    sampler: 'Sampler',
    samplerNote: 'The way from noise to picture. DPM-Solver needs the fewest steps.',
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

  notices: {
    promptCut: (cutText: string) => `That was too long to read to the end. Left out: “${cutText}”.`,
    promptCutNoText: (maxTokens: number) =>
      `That was too long to read to the end; the first ${maxTokens} tokens counted.`,
    notSaved:
      'This picture could not be stored in the browser. It stays until the page closes; download it to keep it.',
    notSavedAction: 'Download it',
    recipeElsewhere: (databaseId: string) =>
      `That recipe was made with a style or model that is not here (${databaseId}). Everything else in it was taken over.`,
    dismiss: 'Close',
  },

  trouble: {
    details: 'Details',
    tryAgain: 'Try again',
    close: 'Close',
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
    storageFull: {
      happened: 'This browser has no room left to store pictures.',
      stillWorks: 'Pictures can still be made and downloaded. Delete a few from the gallery to make room.',
    },
    workerDied: {
      happened: 'The part that paints stopped without saying why.',
      stillWorks: 'Your words and settings are as you left them.',
    },
    internal: {
      happened: 'Something went wrong in Kindred itself.',
      stillWorks: 'Your gallery, words and settings are as you left them.',
    },
  },

  footer: {
    privacy: 'Your words and pictures never leave this device.',
    backends: { 'webgpu-jspi': 'WebGPU', webgpu: 'WebGPU', wasm: 'the processor (wasm)' },
    runsOn: (backend: string, dtype: string) => `Runs on ${backend}, ${dtype}`,
    threads: (threads: number) => plural(threads, 'thread', 'threads'),
    model: (name: string) => `Model: ${name}`,
  },
} as const
