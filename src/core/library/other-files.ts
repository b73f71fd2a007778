// Files that their names tell to be no pictures, nor anything that may hold some.

const ENDINGS = new Set(
  [
    'txt md markdown rst rtf tex log nfo url webloc lnk',
    'pdf doc docx odt pages xls xlsx ods numbers ppt pptx odp key epub',
    'json jsonl ndjson yaml yml toml ini cfg conf xml xmp csv tsv srt vtt ass',
    'htm html css scss js mjs ts tsx jsx py ipynb sh bat',
    'mp3 m4a aac flac ogg oga opus wav aif aiff mid mp4 m4v mov avi mkv webm mpg mpeg wmv',
    'ttf otf woff woff2',
  ]
    .join(' ')
    .split(' '),
)

/** False where only the bytes can tell: of a name without an ending, or with one that is not known here. */
export function isNoPictureByName(path: string): boolean {
  const [, ending] = /[^/]\.([^./]+)$/.exec(path) ?? []
  return ending !== undefined && ENDINGS.has(ending.toLowerCase())
}
