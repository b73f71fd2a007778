// Brings the card of an import that has just begun into sight: what was dropped is answered where a person looks.

import { type RefObject, useEffect, useRef } from 'react'
import type { Import } from '../../state/library-state.ts'
import { scrollBehaviour } from '../canvas/scroll-to-wall.ts'

/** @returns for the list of cards, each of which says its import's id in `data-import` */
export function useShownAtStart(imports: readonly Pick<Import, 'id'>[]): RefObject<HTMLElement | null> {
  const listRef = useRef<HTMLElement>(null)
  const isTyping = useIsTyping()
  const newest = Math.max(0, ...imports.map(({ id }) => id))
  const seenRef = useRef(newest)
  useEffect(() => {
    const seen = seenRef.current
    if (newest <= seen) return
    seenRef.current = newest
    if (isTyping.current) return
    // The question that it may have begun with is gone from the page by then.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        const cards = [...(listRef.current?.querySelectorAll<HTMLElement>('[data-import]') ?? [])]
        const first = cards.find((card) => Number(card.dataset.import) > seen)
        if (first !== undefined) show(first)
      }),
    )
  }, [newest, isTyping])
  return listRef
}

function show(card: HTMLElement): void {
  // Behind a sheet nothing moves; the sheet may have a list of its own.
  if (card.closest('[inert], [aria-hidden="true"]') !== null) return
  const { top, bottom } = card.getBoundingClientRect()
  const scrollers = [card.closest('.imports'), card.closest('.sheet-body')].flatMap(
    (part) => part?.getBoundingClientRect() ?? [],
  )
  const windows = [...scrollers, { top: 0, bottom: innerHeight }]
  if (windows.some((window) => top < window.top || bottom > window.bottom))
    card.scrollIntoView({ behavior: scrollBehaviour(), block: 'nearest' })
}

/** Whether the last thing that a person did was to type: the page stays where it is under their hands. */
function useIsTyping(): RefObject<boolean> {
  const ref = useRef(false)
  useEffect(() => {
    const onAct = (event: Event) => {
      ref.current = event instanceof InputEvent
    }
    // Picking a file is an input too, but no InputEvent.
    const acts = ['input', 'click', 'change', 'drop', 'paste']
    for (const act of acts) window.addEventListener(act, onAct, true)
    return () => {
      for (const act of acts) window.removeEventListener(act, onAct, true)
    }
  }, [])
  return ref
}
