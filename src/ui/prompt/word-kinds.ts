// Which kind of thing an English word names, for showing a model's vocabulary in groups.

export const WORD_KINDS = ['subjects', 'colours', 'moments', 'places', 'styles', 'other'] as const

export type WordKind = (typeof WORD_KINDS)[number]

const split = (words: string) => words.trim().split(/\s+/)

const WORDS: Record<Exclude<WordKind, 'other'>, readonly string[]> = {
  subjects: split(`
    animal apple automobile balloon barn bear bicycle bird blossom boat bridge bunny bus butterfly cactus car castle cat
    chapel chicken child church coffee cottage cow cup daisy deer dog dragon duck elephant engine fir fish flower fortress
    fox frog giraffe home horse hot-air house kite kitten lighthouse lion liner locomotive man mill monkey mouse mushroom
    owl palm parasol pear person pig pine pony portrait pumpkin rabbit robot rocket rose sailboat sailing sheep ship skull
    snowman songbird spaceship star steamship teacup teapot tent tiger toadstool tower train tree tulip umbrella vase
    windmill wolf woman
  `),
  colours: split(`
    beige black blue bright brown colourful crimson cyan dark gold golden gray green grey indigo magenta orange pale pink
    purple red silver teal turquoise violet white yellow
  `),
  moments: split(`
    autumn clear cloud cloudy dawn day daylight dusk early evening falling fog foggy late low midnight mist misty moon
    moonlight morning night noon rain rainy snow snowy spring storm stormy summer sun sunny sunrise sunset twilight
    weather winter windy
  `),
  places: split(`
    beach city coast countryside desert dune field forest garden hill hilltop island lake meadow mountain ocean park peak
    pond river road room sand sea seaside shore sky stone street table town underwater valley village volcano water
    window wooden woods
  `),
  styles: split(`
    abstract acrylic art batik bead beads beadwork blueprint brick bricks cartoon chalk charcoal cloth contour crayon
    cubist cut deco delft drawing embroidery engraving etching expressionist fauvist fish-scale fresco gilded glass
    gold-leaf gouache impressionist ink knife layered leaf line linocut map mosaic neon nouveau oil painting palette
    panel paper pastel patchwork pencil photo photograph picture pixel pointillism pointillist poly pop poster print quilt render
    rendering risograph scratchboard sign sketch spiral stained strokes style swirl swirling tapestry tile toy wash
    watercolor watercolour woodblock woodcut woven
  `),
}

const KINDS: ReadonlyMap<string, WordKind> = new Map(
  WORD_KINDS.flatMap((kind) => (kind === 'other' ? [] : WORDS[kind].map((word) => [word, kind] as const))),
)

/** 'other' where the word is not among those sorted here. */
export function kindOf(word: string): WordKind {
  return KINDS.get(word) ?? 'other'
}
