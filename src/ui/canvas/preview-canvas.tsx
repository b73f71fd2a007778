// Shows the picture being made over the last one: a few coarse pixels at first, sharper with every step.

import { type CSSProperties, useLayoutEffect, useRef } from 'react'

interface PreviewCanvasProps {
  /** Null before the first step, and again once the job is over. */
  readonly preview: ImageBitmap | null
  /** 0..1, how far the steps have come; less blur towards 1. */
  readonly progress: number
  /** Whether to cover the picture beneath. */
  readonly isShown: boolean
}

/** Canvas pixels for each preview pixel, enough for the smooth scaling to show. */
const SCALE = 12

/** Keeps its last drawing while fading out. */
export function PreviewCanvas({ preview, progress, isShown }: PreviewCanvasProps) {
  const canvasRef = useRef<HTMLCanvasElement>(null)

  useLayoutEffect(() => {
    const canvas = canvasRef.current
    // A closed bitmap measures 0: the store has already moved on to a later preview.
    if (!canvas || !preview || preview.width === 0) return
    canvas.width = preview.width * SCALE
    canvas.height = preview.height * SCALE
    const context = canvas.getContext('2d')
    if (!context) return
    context.imageSmoothingEnabled = true
    context.imageSmoothingQuality = 'high'
    context.drawImage(preview, 0, 0, canvas.width, canvas.height)
  }, [preview])

  return (
    <canvas
      ref={canvasRef}
      className="wall-preview"
      data-shown={isShown || undefined}
      style={{ '--progress': progress } as CSSProperties}
    />
  )
}
