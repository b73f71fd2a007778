// Which kind of thing an English word names, for showing a model's vocabulary in groups.

export const WORD_KINDS = ['subjects', 'colours', 'moments', 'places', 'amounts', 'styles', 'other'] as const

export type WordKind = (typeof WORD_KINDS)[number]

const split = (words: string) => words.trim().split(/\s+/)

const WORDS: Record<Exclude<WordKind, 'other'>, readonly string[]> = {
  subjects: split(`
    acoustic aeroplane airplane alarm animal apple automobile balloon barn bear bicycle bike bird birthday
    blossom boat bridge bunny bus butterfly cactus cake candle car castle cat chair chapel chicken child church
    clock coffee cottage cow crab crown cup daisy deer dog double-decker dragon duck elephant engine fir fish
    flower fortress fox frog giraffe guitar home horse hot-air house hut igloo kite kitten lamb lighthouse liner
    lion locomotive man mill monkey mouse mushroom octopus owl palm parasol pear penguin person pig pine
    pineapple plane pony portrait pumpkin puppy pyramid rabbit robot rocket rose royal sailboat sailing sheep
    ship skull snail snowman songbird spaceship star steamship strawberry sunflower swan teacup teapot tent
    tiger toadstool tortoise tower train tree tulip turtle umbrella vase whale windmill wolf woman
  `),
  colours: split(`
    beige black blue bright brown colourful crimson cyan dark gold golden gray green grey indigo magenta orange pale pink
    purple red silver teal turquoise violet white yellow
  `),
  moments: split(`
    autumn clear cloud cloudy dawn day daylight dusk early evening falling fog foggy late leaves lightning low
    midnight mist misty moon moonlight morning night nightfall noon rain rainbow rainy snow snowy spring storm
    stormy summer sun sunny sunrise sunset thunderstorm twilight weather wind windy winter
  `),
  places: split(`
    arctic beach beds buildings city coast countryside desert dune field forest garden hill hilltop ice iceberg
    icebergs island lake meadow mountain ocean park peak pond river road room sand sea seaside shore sky stone
    street table town tropical underwater valley village volcano water waterfall window wooden woods
  `),
  amounts: split('big four giant huge large little small tall three tiny two'),
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
