// How much room an element has inside its padding, and how fine the screen is that it is on.

import { type RefObject, useLayoutEffect, useState } from 'react'

export interface BoxSize {
  /** CSS pixels; the height that shows. */
  readonly width: number
  readonly height: number
  /** Device pixels to a CSS pixel: zoom changes it, and another screen. */
  readonly ratio: number
}

export function useBoxSize(ref: RefObject<HTMLElement | null>): BoxSize {
  const [size, setSize] = useState<BoxSize>({ width: 0, height: 0, ratio: 1 })
  useLayoutEffect(() => {
    const element = ref.current
    if (element === null) return
    const measure = () => setSize((before) => keepSame(before, measureBox(element)))
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [ref])
  useLayoutEffect(() => {
    // Matches until the ratio is another, which needs another query.
    const query = matchMedia(`(resolution: ${size.ratio}dppx)`)
    const change = () => setSize((before) => ({ ...before, ratio: devicePixelRatio }))
    query.addEventListener('change', change)
    return () => query.removeEventListener('change', change)
  }, [size.ratio])
  return size
}

function measureBox(element: HTMLElement): BoxSize {
  const { paddingLeft, paddingRight } = getComputedStyle(element)
  const padding = Number.parseFloat(paddingLeft) + Number.parseFloat(paddingRight)
  return { width: element.clientWidth - padding, height: element.clientHeight, ratio: devicePixelRatio }
}

function keepSame(before: BoxSize, after: BoxSize): BoxSize {
  return before.width === after.width && before.height === after.height && before.ratio === after.ratio ? before : after
}
