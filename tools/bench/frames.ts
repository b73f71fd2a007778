// Counts frames while something on the page moves, and how much of it was blank.

import type { Locator } from '@playwright/test'

export interface FrameSample {
  /** Milliseconds between frames, shortest first. */
  readonly gaps: readonly number[]
  /** Of the cells in sight, the share that had no picture yet; null where nothing scrolled. */
  readonly blank: number | null
}

/**
 * Moves an element once a frame for `count` frames.
 *
 * @param by pixels to scroll, or keys to press in turn, each for a quarter of a second's frames
 */
export async function sampleFrames(
  element: Locator,
  count: number,
  by: number | readonly string[],
): Promise<FrameSample> {
  const { gaps, blank } = await element.evaluate(
    async (target, { count, by }) => {
      const gaps: number[] = []
      let cells = 0
      let blankCells = 0
      let last = await new Promise<number>((resolve) => requestAnimationFrame(resolve))
      for (let frame = 0; frame < count; frame++) {
        if (typeof by === 'number') target.scrollTop += by
        else {
          const key = by[Math.floor(frame / 15) % by.length] ?? ''
          target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
        }
        const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve))
        gaps.push(now - last)
        last = now
        if (typeof by !== 'number') continue
        const { top, bottom } = target.getBoundingClientRect()
        for (const cell of target.querySelectorAll('.grid-cell')) {
          const place = cell.getBoundingClientRect()
          if (place.bottom < top || place.top > bottom) continue
          cells++
          if (!cell.hasAttribute('data-picture') && cell.querySelector('img')?.complete !== true) blankCells++
        }
      }
      return { gaps, blank: cells === 0 ? null : blankCells / cells }
    },
    { count, by },
  )
  return { gaps: gaps.toSorted((a, b) => a - b), blank }
}

export function frameWords({ gaps, blank }: FrameSample): string {
  const at = (share: number) => quantile(gaps, share).toFixed(0)
  const words = `frames of ${at(0.5)} ms (median), ${at(0.95)} ms (19 of 20 are shorter), ${at(1)} ms (longest)`
  return blank === null ? words : `${words}; ${(100 * blank).toFixed(0)} % of what showed was blank`
}

/** @param sorted smallest first */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

export function print(label: string, milliseconds: number): void {
  console.log(`${label}: ${timeWords(milliseconds)}`)
}

export function timeWords(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(1)} s`
}
