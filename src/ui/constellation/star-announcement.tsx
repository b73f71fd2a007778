// Tells a screen reader what the star finds where it was moved to, once its neighbours are found, and when it is back.

import { useEffect, useRef, useState } from 'react'
import { NO_STEERING } from '../../state/app-state.ts'
import { useApp } from '../store-context.ts'
import { strings } from '../strings.ts'
import { useConstellation } from './constellation-context.ts'

/** As many of the neighbours as one listens to. */
const NAMED = 3

export function StarAnnouncement() {
  const styleId = useApp((state) => state.styleId)
  const toward = useApp((state) => (state.steering.get(styleId ?? '') ?? NO_STEERING).toward)
  const placement = useConstellation((state) => state.placement)
  const [words, setWords] = useState('')
  const wasMovedRef = useRef(false)

  useEffect(() => {
    const { said } = strings.constellation
    const wasMoved = wasMovedRef.current
    wasMovedRef.current = toward !== undefined
    if (toward === undefined) {
      if (wasMoved) setWords(said.back)
      return
    }
    if (placement?.question.styleId !== styleId || placement.question.steering.toward !== toward) return
    const nearest = placement.neighbours.slice(0, NAMED).map(({ caption }) => caption || strings.neighbours.untitled)
    setWords(said.star(nearest))
  }, [toward, placement, styleId])

  return (
    <p className="visually-hidden" role="status">
      {words}
    </p>
  )
}
