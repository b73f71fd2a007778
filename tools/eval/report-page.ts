// The report's page: what it says, and in which order.

import { checkedBy, findRow, percent, withInterval } from './goals.ts'
import { PLAN_SIZES } from './plan.ts'
import { escapeText } from './plots.ts'
import type { EncodedSheets } from './report.ts'
import type { ReportInput } from './report-input.ts'
import {
  describeSettings,
  drawContentBars,
  drawEachStyle,
  drawEachSubject,
  drawMixing,
  drawSetting,
  drawSteps,
  drawStyleBars,
  WAY_NAMES,
} from './report-plots.ts'
import type { EncodedSheet } from './sheets.ts'

export function writePage(input: ReportInput, sheets: EncodedSheets): string {
  const painted = (experiment: string) => input.seconds.has(experiment)
  const sections = [
    painted('claim') && claim(input),
    section('Every style, its own database', styleWords(input), sheetsOf(sheets.trained)),
    section('Styles that the model never saw', heldOutWords(input), sheetsOf(sheets.heldOut)),
    section('Asked for by pictures, and by name', waysWords(input), sheetsOf(sheets.ways)),
    painted('claim') &&
      section('Style by style', eachWords, `${key(2)}<div class="plots">${drawEachStyle(input)}</div>`),
    painted('subjects') &&
      section('Subject by subject', subjectWords(input), `<div class="plots">${drawEachSubject(input)}</div>`),
    painted('mixing') && mixing(input, sheets),
    (painted('neighbours') || painted('guidance')) && settings(input, sheets),
    painted('steps') && steps(input),
    painted('seeds') && copying(input),
    painted('shapes') && shapes(input, sheets),
    goals(input),
    limits(input),
  ]
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Kindred: style by retrieval, measured</title>
<link rel="stylesheet" href="report.css">
<header>
<h1>Does the database make the style?</h1>
${lead(input)}
${figures(input)}
</header>
<main>
${sections.filter((part) => typeof part === 'string' && part !== '').join('\n')}
</main>
${footer(input)}
</html>
`
}

const eachWords =
  'Each line is a style: how often the judge names it when it is asked for by name, and when its pictures are retrieved.'

function lead({ rows, results, styles }: ReportInput): string {
  const claim = (way: string, group: string) => findRow(rows, 'claim', 'style', { way, group })
  const [database, postfix] = [claim('database', 'trained'), claim('postfix', 'trained')]
  const pictures = `${results.size.toLocaleString('en')} pictures in ${styles.length} styles`
  const found =
    database && postfix
      ? ` With its pictures retrieved, a style is hit in <b>${percent(database.value)}</b> of them; with its name after the prompt, in ${percent(postfix.value)}.`
      : ''
  return `<p class="lead">The same model, the same prompts, the same seeds; only the pictures that it looks up differ. ${pictures}, each shown to a judge that learned from renderings alone.${found}</p>`
}

function figures({ rows }: ReportInput): string {
  const cards = (['trained', 'held out', 'unknown to CLIP'] as const).flatMap((group) => {
    const database = findRow(rows, 'claim', 'style', { way: 'database', group })
    const postfix = findRow(rows, 'claim', 'style', { way: 'postfix', group })
    if (database === null || postfix === null) return []
    const what =
      group === 'trained'
        ? 'styles it was trained on'
        : group === 'held out'
          ? 'styles it never saw'
          : 'styles that CLIP never saw either'
    return [
      `<li><b>${Math.round(100 * database.value)} %</b>${what}, by their pictures<small>${interval(database)}; by name ${Math.round(100 * postfix.value)} % (${interval(postfix)})</small></li>`,
    ]
  })
  const subject = findRow(rows, 'subjects', 'subject', { subject: 'all' })
  const content =
    subject === null
      ? ''
      : `<li class="second"><b>${Math.round(100 * subject.value)} %</b>show what was asked for, of all that it knows, in trained styles<small>${interval(subject)}</small></li>`
  return `<ul class="big">${cards.join('')}${content}</ul>`
}

function interval({ low, high }: { readonly low: number; readonly high: number }): string {
  return `${(100 * low).toFixed(0)} to ${(100 * high).toFixed(0)}, 95 %`
}

function claim(input: ReportInput): string {
  const words = [
    `Three ways to ask, ${describeSettings()}: the style's own database and the plain prompt; a general database of all trained styles and “${escapeText('…, in the style of S')}” after the prompt; the general database and the plain prompt, which asks for no style and so shows what luck gives.`,
    'Whiskers are 95 % intervals (Wilson).',
  ]
  const plots = `<figure><figcaption>The judge names the style, %</figcaption>${drawStyleBars(input)}</figure>
<figure><figcaption>The judge finds what the prompt says, %</figcaption>${drawContentBars(input)}</figure>`
  return section('The claim', words, `${key()}<div class="plots">${plots}</div>`)
}

/** @param ways how many of the ways to ask are shown */
function key(ways = 3): string {
  const items = Object.values(WAY_NAMES)
    .slice(0, ways)
    .map((name, i) => `<li><i class="s${i}"></i>${name}</li>`)
  return `<ul class="key">${items.join('')}</ul>`
}

function styleWords({ styles }: ReportInput): string {
  const trained = styles.filter(({ group }) => group === 'trained').length
  return `A row is a prompt with one seed, a column one of the ${trained} trained styles; under each picture the four nearest of the pictures that shaped it. Nothing is left out.`
}

function heldOutWords({ styles }: ReportInput): string[] {
  const unknown = styles.filter(({ group }) => group === 'unknown to CLIP')
  return [
    'Kept from the U-Net and the autoencoder, marks and all. What the model knows of them is what lies under each picture.',
    ...(unknown.length === 0 ? [] : ['* CLIP never saw these either.']),
  ]
}

function waysWords({ cells }: ReportInput): string {
  const prompt = cells.find(({ labels }) => labels.way === 'database')?.jobs[0]?.prompt ?? ''
  return `“${escapeText(prompt)}” in each held-out style. Above, a picture of the style; then the model with that style's pictures; then the model with its name and all trained styles' pictures.`
}

function subjectWords({ rows }: ReportInput): string {
  const of = (measure: string) => findRow(rows, 'subjects', measure, { subject: 'all' })
  const shares = Object.entries({ subject: 'subject', color: 'colour', time: 'time of day' }).flatMap(
    ([measure, name]) => {
      const row = of(measure)
      return row === null ? [] : [`the ${name} in ${withInterval(row)}`]
    },
  )
  const pictures = of('subject')?.count ?? 0
  return `Everything that renderings show, each asked for equally often, in trained styles, by their databases: ${pictures} pictures. Right is ${shares.join(', ')}.`
}

function mixing(input: ReportInput, sheets: EncodedSheets): string {
  const of = (measure: string) => input.rows.filter((row) => row.experiment === 'mixing' && row.measure === measure)
  const orders = of('rank correlation').map(({ value }) => value)
  const steps = of('largest step').map(({ value }) => value)
  const mean = orders.reduce((sum, value) => sum + value, 0) / Math.max(1, orders.length)
  const said =
    orders.length === 0
      ? ''
      : `Over ${orders.length} pairs the judge's belief in the second style follows the ratio with a rank correlation of ${mean.toFixed(2)} (1 is never back); the largest step between neighbouring ratios is ${percent(Math.max(...steps))}.`
  return section(
    'Between two styles',
    ['Two databases searched as one, from all of the first to all of the second.', said].filter(Boolean),
    `<div class="plots"><figure><figcaption>The judge's belief, %</figcaption>${drawMixing(input)}</figure></div>${sheetsOf(sheets.mixing)}`,
  )
}

function settings(input: ReportInput, sheets: EncodedSheets): string {
  const plots = [
    input.seconds.has('neighbours') &&
      `<figure><figcaption>Neighbours</figcaption>${drawSetting(input, 'neighbours', 'k', 'neighbours, k')}</figure>`,
    input.seconds.has('guidance') &&
      `<figure><figcaption>Guidance</figcaption>${drawSetting(input, 'guidance', 'guidance', 'guidance scale')}</figure>`,
  ]
  return section(
    'How many neighbours, how much guidance',
    'Full lines are trained styles, dashed ones held out; bands are 95 % intervals. Without neighbours (k = 0) there is only the prompt.',
    `<div class="plots">${plots.filter(Boolean).join('')}</div>${sheetsOf(sheets.settings)}`,
  )
}

function steps(input: ReportInput): string {
  const goal = checkedBy(input.goals, '12 DPM-Solver++ steps')
  return section(
    'Few steps are enough',
    `Trained styles. All samplers start from the same noise. ${goal === null ? '' : `At 12 steps DPM-Solver++ against itself at 50: ${escapeText(goal.found)}.`}`,
    `<div class="plots"><figure><figcaption>Style, %</figcaption>${drawSteps(input, 'style')}</figure><figure><figcaption>Subject, %</figcaption>${drawSteps(input, 'subject')}</figure></div>`,
  )
}

function copying({ rows }: ReportInput): string {
  const cell = (measure: string, by: string) => findRow(rows, 'seeds', measure, { by })
  const lines = [
    ['a made picture to the nearest of its database', 'made to nearest'],
    ['a database picture to the nearest other one', 'rendered to nearest'],
    ['made pictures of one prompt, from each other', 'made apart'],
    ['database pictures of all kinds, from each other', 'rendered apart'],
  ].map(([words, measure = '']) => {
    const values = ['CLIP', 'pixels'].map((by) => `<td>${cell(measure, by)?.value.toFixed(3) ?? '–'}</td>`)
    return `<tr><td>${words}</td>${values.join('')}</tr>`
  })
  const near = ['CLIP', 'pixels'].map((by) => {
    const row = cell('nearer than renderings', by)
    return `<td>${row === null ? '–' : withInterval(row)}</td>`
  })
  return section(
    'It does not need to copy',
    'Distances by CLIP (1 − cosine) and by pixels (root mean square at 32 × 32, 0 to 1). The database pictures were drawn independently of each other; if made pictures lay nearer to them than they lie to one another, that would be copying. By chance, 5 % fall below the limit of the last line.',
    `<table><tr><th>mean distance of</th><th>CLIP</th><th>pixels</th></tr>${lines.join('')}<tr><td>made pictures nearer than 95 % of database pictures are</td>${near.join('')}</tr></table>`,
  )
}

function shapes({ rows }: ReportInput, sheets: EncodedSheets): string {
  const lines = ['256×256', '384×256', '256×384'].map((shape) => {
    const cells = ['subject', 'count', 'style'].map((measure) => {
      const row = findRow(rows, 'shapes', measure, { shape })
      return `<td>${row === null ? '–' : withInterval(row)}</td>`
    })
    return `<tr><td>${shape}</td>${cells.join('')}</tr>`
  })
  return section(
    'Wide and tall',
    'The model learned from wide and tall pictures too. Of these the judge sees the square in their middle, and is asked how many there are of the whole, squashed.',
    `<table><tr><th>pixels</th><th>subject right</th><th>a single one</th><th>style right</th></tr>${lines.join('')}</table>${sheetsOf(sheets.shapes)}`,
  )
}

function goals({ goals: list }: ReportInput): string {
  const items = list.map(({ goal, found, met }) => {
    const word = met === null ? 'not measured' : met ? 'met' : 'missed'
    return `<li><b class="${met === null ? 'open' : word}">${word}</b>${escapeText(goal)}<span>${escapeText(found)}</span></li>`
  })
  return section(
    'Goals, met and missed',
    'Set before the model was trained.',
    `<ul class="goals">${items.join('')}</ul>`,
  )
}

function limits({ judge, rows, header }: ReportInput): string {
  const kinds = Object.entries(judge.accuracy.kinds).map(([kind, value]) => `${kind} ${percent(value)}`)
  const byGroup = rows.flatMap((row) =>
    row.experiment === 'judge' && row.labels.group !== 'all' ? [`${row.labels.group} ${percent(row.value)}`] : [],
  )
  const items = [
    `The judge is a small network, and wrong at times itself: on ${judge.accuracy.pictures} renderings that it had not seen it is right about ${kinds.join(', ')}; styles by group: ${byGroup.join(', ')}. No figure here can be trusted beyond that.`,
    'It learned from renderings. A made picture that is softer than any rendering may be judged by that.',
    'Prompts are composed of what the renderings show: subject, colour, place, time of day. Nothing is said here about prompts beyond.',
    'Intervals say how sure the share is for these prompts and styles, as if pictures were independent; styles differ more than that.',
    '“No style asked” counts how often a picture is in one given style of the group.',
    'Pictures are held against the style databases, which ship, and not against all that the model was trained on.',
    ...(header.size === 'quick'
      ? [`This is a quick run of ${PLAN_SIZES.quick.prompts} prompts a style: intervals are wide.`]
      : []),
  ]
  return section(
    'What this cannot tell',
    [],
    `<ul class="limits">${items.map((item) => `<li>${escapeText(item)}</li>`).join('')}</ul>`,
  )
}

function footer({ header, seconds, pack, results }: ReportInput): string {
  const total = [...seconds.values()].reduce((sum, time) => sum + time, 0)
  const stages = [...seconds].map(([stage, time]) => `${stage} ${Math.round(time)} s`).join(', ')
  return `<footer><p>${escapeText(pack.manifest.name)} (${pack.hash.slice(0, 12)}), ${header.begun.slice(0, 10)}, ${escapeText(header.machine)}: ${results.size} pictures painted and judged in ${Math.round(total / 60)} minutes (${stages}). Every figure: <a href="rows.jsonl">rows.jsonl</a>. Made again by <code>npm run eval</code> and <code>npm run eval -- --report</code>.</p></footer>`
}

function section(title: string, words: string | readonly string[], inside: string): string {
  if (inside === '') return ''
  const said = (typeof words === 'string' ? [words] : words).map((text) => `<p>${text}</p>`).join('')
  return `<section><h2>${title}</h2>${said}${inside}</section>`
}

function sheetsOf(sheets: readonly EncodedSheet[]): string {
  return sheets.map(sheetOf).join('')
}

function sheetOf({ file, alt, columns, rows, width, height }: EncodedSheet): string {
  const spans = (names: readonly string[]) => names.map((name) => `<span>${escapeText(name)}</span>`).join('')
  return `<div class="sheet" tabindex="0" role="group" aria-label="${escapeText(alt)}"><div><div class="columns">${spans(columns)}</div>
<div class="rows">${spans(rows)}</div><img src="${file}" width="${width}" height="${height}" alt="${escapeText(alt)}" loading="lazy"></div></div>`
}
