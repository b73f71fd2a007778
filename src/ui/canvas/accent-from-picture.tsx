// Lends the page the colour of the picture on the wall, or of the one being made.

import { useEffect } from 'react'
import { useApp } from '../store-context.ts'
import { type Accent, findAccent, looksAlike, turnFromTrouble } from './accent.ts'

const SAMPLE_SIDE = 24

/** The strength that a picture without colour lends. */
const UNCOLOURED = 0.1

let canvas: HTMLCanvasElement | null = null

/** What the page wears now; at first what tokens.css gives it. */
let shown: Accent = { hue: 70, strength: 0.6 }

function sampleAccent(source: CanvasImageSource) {
  canvas ??= Object.assign(document.createElement('canvas'), { width: SAMPLE_SIDE, height: SAMPLE_SIDE })
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) return
  context.drawImage(source, 0, 0, SAMPLE_SIDE, SAMPLE_SIDE)
  const found = findAccent(context.getImageData(0, 0, SAMPLE_SIDE, SAMPLE_SIDE).data)
  const accent = found === null ? { hue: shown.hue, strength: UNCOLOURED } : turnFromTrouble(found)
  // A change restyles the whole page, on every frame of its transition.
  if (looksAlike(shown, accent)) return
  shown = accent
  const { style } = document.documentElement
  style.setProperty('--accent-strength', accent.strength.toFixed(2))
  style.setProperty('--accent-hue', accent.hue.toFixed(0))
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
