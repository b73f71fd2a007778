// Lends the page the colour of the picture on the wall, or of the one being made.

import { useEffect } from 'react'
import { useApp } from '../store-context.tsx'
import { findAccent } from './accent.ts'

const SAMPLE_SIDE = 24

function sampleAccent(source: CanvasImageSource) {
  const canvas = document.createElement('canvas')
  canvas.width = SAMPLE_SIDE
  canvas.height = SAMPLE_SIDE
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) return
  context.drawImage(source, 0, 0, SAMPLE_SIDE, SAMPLE_SIDE)
  const accent = findAccent(context.getImageData(0, 0, SAMPLE_SIDE, SAMPLE_SIDE).data)
  const { style } = document.documentElement
  style.setProperty('--accent-strength', accent ? accent.strength.toFixed(2) : '0.1')
  if (accent) style.setProperty('--accent-hue', accent.hue.toFixed(0))
}

/** Draws nothing; sets --accent-hue and --accent-strength on the root, from which tokens.css mixes colours that keep AA. */
export function AccentFromPicture() {
  const url = useApp((state) => state.picture?.url ?? null)
  const preview = useApp((state) => (state.job.kind === 'running' ? state.job.preview : null))

  useEffect(() => {
    if (!url) return
    let current = true
    const image = new Image()
    image.src = url
    image
      .decode()
      .then(() => {
        if (current) sampleAccent(image)
      })
      // A picture that does not decode shows as a broken image on the wall; the accent just stays as it was.
      .catch(() => undefined)
    return () => {
      current = false
    }
  }, [url])

  useEffect(() => {
    // A closed bitmap measures 0: the store has already moved on to a later preview.
    if (preview && preview.width > 0) sampleAccent(preview)
  }, [preview])

  return null
}
