// Writes the report: a page that a person would rather look at than read, and its contact sheets beside it.

import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReportInput } from './report-input.ts'
import { writePage } from './report-page.ts'
import { chooseSheets, type ReportSheets } from './report-sheets.ts'
import { type EncodedSheet, encodeSheets } from './sheets.ts'

/** For all sheets together; page and figures take the rest of 1.5 MB. */
const SHEET_BYTES = 1_250_000

export type EncodedSheets = Readonly<Record<keyof ReportSheets, readonly EncodedSheet[]>>

/** Writes index.html, its style and the sheets into `folder`, whose earlier sheets go. */
export async function writeReport(folder: string, input: ReportInput): Promise<void> {
  const chosen = await chooseSheets(input)
  const encoded = await encodeSheets(Object.values(chosen).flat(), SHEET_BYTES)
  const byName = new Map(encoded.map((sheet) => [sheet.name, sheet]))
  const find = (kind: keyof ReportSheets) => chosen[kind].flatMap(({ name }) => byName.get(name) ?? [])
  const sheets: EncodedSheets = {
    trained: find('trained'),
    heldOut: find('heldOut'),
    ways: find('ways'),
    mixing: find('mixing'),
    settings: find('settings'),
    shapes: find('shapes'),
  }
  const css = await readFile(new URL('report.css', import.meta.url), 'utf8')
  await mkdir(folder, { recursive: true })
  for (const name of await readdir(folder)) if (name.endsWith('.webp')) await rm(join(folder, name))
  for (const { file, bytes } of encoded) await writeFile(join(folder, file), bytes)
  await writeFile(join(folder, 'report.css'), css)
  await writeFile(join(folder, 'index.html'), writePage(input, sheets))
}
