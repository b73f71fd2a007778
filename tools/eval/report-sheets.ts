// Which pictures the report shows.

import type { Job } from './job.ts'
import type { Cell, Experiment, Labels } from './plan.ts'
import { PLAN_SIZES } from './plan.ts'
import type { ReportInput } from './report-input.ts'
import { makeTile, type Sheet, type Tile } from './sheets.ts'
import type { EvaluatedStyle } from './style-groups.ts'

const SQUARE = { width: 112, height: 112 }
/** Styles side by side. */
const COLUMNS = 9
const HELD_OUT_COLUMNS = 6

export interface ReportSheets {
  readonly trained: readonly Sheet[]
  readonly heldOut: readonly Sheet[]
  /** Held-out styles: a rendering, then both ways to ask. */
  readonly ways: readonly Sheet[]
  readonly mixing: readonly Sheet[]
  readonly settings: readonly Sheet[]
  readonly shapes: readonly Sheet[]
}

export async function chooseSheets(input: ReportInput): Promise<ReportSheets> {
  const { styles } = input
  const trained = styles.filter(({ group }) => group === 'trained')
  const heldOut = styles.filter(({ group }) => group !== 'trained')
  return {
    trained: await styleSheets(input, 'trained', trained, 4),
    heldOut: await styleSheets(input, 'held-out', heldOut, 5),
    ways: await waySheets(input, heldOut),
    mixing: await mixingSheet(input),
    settings: [
      ...(await settingSheet(input, 'neighbours', 'k')),
      ...(await settingSheet(input, 'guidance', 'guidance')),
    ],
    shapes: await shapeSheets(input),
  }
}

function findCell({ cells }: ReportInput, experiment: Experiment, labels: Labels): Cell | undefined {
  return cells.find(
    (cell) =>
      cell.experiment === experiment && Object.entries(labels).every(([key, value]) => cell.labels[key] === value),
  )
}

/** Evenly sized parts of at most `most`. */
function parts<T>(list: readonly T[], most: number): T[][] {
  const count = Math.ceil(list.length / most)
  const size = Math.ceil(list.length / Math.max(1, count))
  return Array.from({ length: count }, (_, i) => list.slice(i * size, (i + 1) * size))
}

async function sheetOf(
  named: Pick<Sheet, 'name' | 'alt' | 'columns' | 'rows'> & { readonly tile?: Sheet['tile'] },
  tileAt: (row: number, column: number) => Promise<Tile>,
): Promise<Sheet[]> {
  const tiles = await Promise.all(
    named.rows.map((_, row) => Promise.all(named.columns.map((_, column) => tileAt(row, column)))),
  )
  // A run that is not done, or leaves this out, has nothing to show.
  return tiles.flat().every((tile) => tile === null) ? [] : [{ tile: SQUARE, ...named, tiles }]
}

async function styleSheets(
  input: ReportInput,
  name: string,
  styles: readonly EvaluatedStyle[],
  rows: number,
): Promise<Sheet[]> {
  const sheets = await Promise.all(
    parts(styles, name === 'trained' ? COLUMNS : HELD_OUT_COLUMNS).map((chosen, i) => {
      const jobs = chosen.map(({ id }) => findCell(input, 'claim', { way: 'database', style: id })?.jobs ?? [])
      const prompts = (jobs[0] ?? []).slice(0, Math.min(rows, PLAN_SIZES[input.header.size].keptPrompts))
      return sheetOf(
        {
          name: `${name}-${i + 1}`,
          alt: `A row for each prompt, a column for each style: ${chosen.map((style) => style.name).join(', ')}`,
          columns: chosen.map((style) => (style.group === 'unknown to CLIP' ? `${style.name} *` : style.name)),
          rows: prompts.map(({ prompt }) => prompt),
        },
        (row, column) => tileOf(input, jobs[column]?.[row], true),
      )
    }),
  )
  return sheets.flat()
}

async function waySheets(input: ReportInput, styles: readonly EvaluatedStyle[]): Promise<Sheet[]> {
  const sheets = await Promise.all(
    parts(styles, COLUMNS).map((chosen, i) => {
      const jobOf = (column: number, way: string) =>
        findCell(input, 'claim', { way, style: chosen[column]?.id ?? '' })?.jobs[0]
      return sheetOf(
        {
          name: `ways-${i + 1}`,
          alt: `Held-out styles, asked for in two ways: ${jobOf(0, 'database')?.prompt ?? ''}`,
          columns: chosen.map((style) => style.name),
          rows: ['a rendering', 'its database', 'its name'],
        },
        async (row, column) =>
          row === 0
            ? renderingOf(input, chosen[column]?.id ?? '')
            : tileOf(input, jobOf(column, row === 1 ? 'database' : 'postfix')),
      )
    }),
  )
  return sheets.flat()
}

/** What a style is: a picture of its database. */
async function renderingOf({ shelf }: ReportInput, style: string): Promise<Tile> {
  const webp = await (await shelf.open(style)).thumbnail(0)
  return webp === null ? null : { picture: Buffer.from(webp), neighbours: [] }
}

async function mixingSheet(input: ReportInput): Promise<Sheet[]> {
  const cells = input.cells.filter(({ experiment }) => experiment === 'mixing')
  const pairs = [...new Set(cells.map(({ labels }) => `${labels.from} ${labels.to}`))]
  const ratios = [...new Set(cells.map(({ labels }) => Number(labels.ratio)))]
  const nameOf = (id: string | undefined) => input.styles.find((style) => style.id === id)?.name ?? ''
  return sheetOf(
    {
      name: 'mixing',
      alt: 'A row for each pair of styles, from all of the first to all of the second',
      columns: ratios.map((ratio) => `${Math.round(100 * ratio)} %`),
      rows: pairs.map((pair) => pair.split(' ').map(nameOf).join(' to ')),
    },
    (row, column) => {
      const [from = '', to = ''] = pairs[row]?.split(' ') ?? []
      return tileOf(input, findCell(input, 'mixing', { from, to, ratio: ratios[column] ?? 0 })?.jobs[0])
    },
  )
}

async function settingSheet(
  input: ReportInput,
  experiment: 'neighbours' | 'guidance',
  label: string,
): Promise<Sheet[]> {
  const cells = input.cells.filter((cell) => cell.experiment === experiment)
  const values = [...new Set(cells.map(({ labels }) => labels[label] ?? ''))]
  const keptOf = (value: string | number) =>
    cells.filter(({ labels }) => labels[label] === value).flatMap(({ jobs }) => jobs.filter(({ kept }) => kept))[0]
  const prompt = keptOf(values[0] ?? '')?.prompt ?? ''
  return sheetOf(
    {
      name: experiment,
      alt: `One prompt with ${label} from ${values[0]} to ${values.at(-1)}`,
      columns: values.map((value) => `${label} ${value}`),
      rows: [prompt],
    },
    (_, column) => tileOf(input, keptOf(values[column] ?? '')),
  )
}

async function shapeSheets(input: ReportInput): Promise<Sheet[]> {
  const sheets = await Promise.all(
    [
      { shape: '384×256', name: 'wide', tile: { width: 168, height: 112 } },
      { shape: '256×384', name: 'tall', tile: { width: 112, height: 168 } },
    ].map(({ shape, name, tile }) => {
      const jobs = (findCell(input, 'shapes', { shape })?.jobs ?? []).filter(({ kept }) => kept)
      const columns = jobs.map(({ prompt }) => prompt)
      return sheetOf({ name, alt: `${shape}: ${columns.join('; ')}`, columns, rows: [shape], tile }, (_, column) =>
        tileOf(input, jobs[column]),
      )
    }),
  )
  return sheets.flat()
}

async function tileOf({ results, shelf }: ReportInput, job: Job | undefined, withNeighbours = false): Promise<Tile> {
  return makeTile(job === undefined ? undefined : results.get(job.key), withNeighbours ? shelf : undefined)
}
