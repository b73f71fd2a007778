// Finds the hue that a picture is remembered by, for the page's one accent.

/** Hue in OKLCH degrees, and how coloured the picture is as a whole, 0 (grey) to 1. */
export interface Accent {
  readonly hue: number
  readonly strength: number
}

const BINS = 36

/** sRGB byte to linear light. */
const LINEAR = Float32Array.from({ length: 256 }, (_, byte) => {
  const value = byte / 255
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
})

/** The a and b axes of OKLab (Ottosson 2020). */
function opponentAxes(red: number, green: number, blue: number): readonly [number, number] {
  const r = LINEAR[red] ?? 0
  const g = LINEAR[green] ?? 0
  const b = LINEAR[blue] ?? 0
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s, 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s]
}

/**
 * Votes for hues with chroma squared, so that a small red house outweighs a wide pale sky.
 * @param rgba interleaved 8-bit RGBA; a thumbnail of a few hundred pixels is enough
 * @returns null where the picture has no colour to speak of
 */
export function findAccent(rgba: Uint8ClampedArray): Accent | null {
  const votes = new Float64Array(BINS)
  const sumA = new Float64Array(BINS)
  const sumB = new Float64Array(BINS)
  let totalChroma = 0
  for (let i = 0; i + 3 < rgba.length; i += 4) {
    const [a, b] = opponentAxes(rgba[i] ?? 0, rgba[i + 1] ?? 0, rgba[i + 2] ?? 0)
    const chroma = Math.hypot(a, b)
    totalChroma += chroma
    const turn = Math.atan2(b, a) / (2 * Math.PI)
    const bin = Math.floor((turn - Math.floor(turn)) * BINS) % BINS
    votes[bin] = (votes[bin] ?? 0) + chroma * chroma
    sumA[bin] = (sumA[bin] ?? 0) + a * chroma
    sumB[bin] = (sumB[bin] ?? 0) + b * chroma
  }
  const meanChroma = totalChroma / Math.max(1, rgba.length / 4)
  if (meanChroma < 0.012) return null

  const at = (values: Float64Array, bin: number) => values[(bin + BINS) % BINS] ?? 0
  const around = (values: Float64Array, bin: number) => at(values, bin - 1) + at(values, bin) + at(values, bin + 1)
  let best = 0
  for (let bin = 1; bin < BINS; bin++) if (around(votes, bin) > around(votes, best)) best = bin
  const hue = (Math.atan2(around(sumB, best), around(sumA, best)) * 180) / Math.PI
  return { hue: (hue + 360) % 360, strength: Math.min(1, meanChroma / 0.05) }
}

/** The hue of --trouble in tokens.css, and how near to it the page would look as if something were wrong. */
const TROUBLE_HUE = 28
const TOO_NEAR = 32
/** The strength that is left to a colour that was turned away. */
const TURNED_STRENGTH = 0.75

/** The accent, turned to the nearer side where it is a red that would say that something is wrong: to amber, or to rose. */
export function turnFromTrouble(accent: Accent): Accent {
  const away = ((accent.hue - TROUBLE_HUE + 540) % 360) - 180
  if (Math.abs(away) >= TOO_NEAR) return accent
  // What is no rose already is amber: most reds in pictures are warm.
  const hue = away < -TOO_NEAR / 2 ? TROUBLE_HUE - TOO_NEAR : TROUBLE_HUE + TOO_NEAR
  return { hue: (hue + 360) % 360, strength: Math.min(accent.strength, TURNED_STRENGTH) }
}

/** Whether nobody would see the difference between two accents. */
export function looksAlike(a: Accent, b: Accent): boolean {
  const turn = Math.abs(a.hue - b.hue)
  return Math.min(turn, 360 - turn) < 4 && Math.abs(a.strength - b.strength) < 0.05
}
