// What the report is made from.

import type { OpenPack } from '../../src/core/pack/open-pack.ts'
import type { Goal } from './goals.ts'
import type { Result } from './job.ts'
import type { Judge } from './judge.ts'
import type { RunHeader } from './ledger.ts'
import type { Cell } from './plan.ts'
import type { Row } from './rows.ts'
import type { EvaluatedStyle } from './style-groups.ts'
import type { StyleShelf } from './style-shelf.ts'

export interface ReportInput {
  readonly pack: OpenPack
  readonly judge: Judge
  readonly styles: readonly EvaluatedStyle[]
  readonly shelf: StyleShelf
  readonly cells: readonly Cell[]
  readonly results: ReadonlyMap<string, Result>
  readonly rows: readonly Row[]
  readonly goals: readonly Goal[]
  /** Painting and judging, by experiment. */
  readonly seconds: ReadonlyMap<string, number>
  readonly header: RunHeader
}
