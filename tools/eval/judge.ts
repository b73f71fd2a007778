// The judge: a small network, trained on renderings alone, that says what a picture shows and in what style.

import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import * as v from 'valibot'
import type { RgbImage } from '../../src/core/diffusion/model-parts.ts'
import { FormatError } from '../../src/core/formats/format-error.ts'
import { parseJson } from '../../src/core/formats/parse-json.ts'
import { createNodeSession } from '../onnx-node.ts'
import { sha256 } from '../pack-folder.ts'
import { readOnnxMetadata } from './onnx-metadata.ts'
import { cutMiddleSquare, shrinkByArea } from './shrink.ts'

/** Made by training/export_judge.py. */
export const SHIPPED_JUDGE = resolve(import.meta.dirname, 'judge.onnx')

/** Side of the square that the judge looks at, in pixels: training/probe.py's SIDE. */
const SIDE = 128

/** Asked about the whole of a wide or tall picture, squashed: a second one at the side counts. */
const OF_THE_WHOLE = ['count']

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1))
const words = v.pipe(v.array(v.string()), v.minLength(1))

const classes = v.record(v.string(), words)
const accuracy = v.object({
  /** Renderings that the judge was tried on and had not seen. */
  pictures: v.number(),
  /** How often it was right, by kind of question. */
  kinds: v.record(v.string(), share),
  /** How often it named the style, by style. */
  styles: v.record(v.string(), share),
})
const shown = v.object({
  /** Colours and places ("by the sea") that the renderings show a subject in. */
  subjects: v.record(v.string(), v.object({ colors: words, places: words })),
  /** How a caption says the time of day, by class. */
  times: v.record(v.string(), v.string()),
})

export type JudgeAccuracy = v.InferOutput<typeof accuracy>
export type ShownContent = v.InferOutput<typeof shown>

/** Probabilities by kind of question, in the order of that kind's classes. */
export type Verdict = Readonly<Record<string, Float32Array>>

export interface Judge {
  /** SHA-256 of its file. */
  readonly hash: string
  /** Names by kind of question: style, subject, and whatever else this judge was taught. */
  readonly classes: Readonly<Record<string, readonly string[]>>
  readonly accuracy: JudgeAccuracy
  readonly shown: ShownContent
  /** Of a wide or tall picture its middle square is judged, but for how many there are. */
  judge(image: RgbImage): Promise<Verdict>
}

/** Reads the judge's file. Throws FormatError('judge', …) where it is not one, and what reading the file throws. */
export async function openJudge(path: string = SHIPPED_JUDGE): Promise<Judge> {
  const bytes = new Uint8Array(await readFile(path))
  const metadata = readMetadata(bytes)
  const read = <T extends v.GenericSchema>(key: string, schema: T): v.InferOutput<T> => {
    const text = metadata.get(key)
    if (text === undefined) throw new FormatError('judge', `${path}: the metadata lack ${JSON.stringify(key)}`)
    return parseJson('judge', key, text, schema)
  }
  const named = read('classes', classes)
  const session = await createNodeSession(bytes)
  const look = async (image: RgbImage): Promise<Verdict> => {
    const answers = await session.run({ images: { dims: [1, 3, SIDE, SIDE], data: shrinkByArea(image, SIDE) } })
    return Object.fromEntries(
      Object.entries(named).map(([kind, names]) => {
        const given = answers[kind]?.data
        if (given?.length !== names.length) throw new FormatError('judge', `${kind}: not ${names.length} answers`)
        return [kind, given]
      }),
    )
  }
  return {
    hash: await sha256(bytes),
    classes: named,
    accuracy: read('accuracy', accuracy),
    shown: read('shown', shown),
    judge: async (image) => {
      const middle = await look(cutMiddleSquare(image))
      if (image.width === image.height) return middle
      const whole = await look(image)
      return Object.fromEntries(
        Object.entries(middle).map(([kind, given]) => [
          kind,
          OF_THE_WHOLE.includes(kind) ? (whole[kind] ?? given) : given,
        ]),
      )
    },
  }
}

function readMetadata(bytes: Uint8Array): ReadonlyMap<string, string> {
  try {
    return readOnnxMetadata(bytes)
  } catch (error) {
    throw new FormatError('judge', `no ONNX file: ${error instanceof Error ? error.message : error}`)
  }
}

/** The class of the highest probability, and that. */
export function mostLikely(names: readonly string[], probabilities: Float32Array): { name: string; p: number } {
  const best = probabilities.reduce((at, p, i) => (p > (probabilities[at] ?? 0) ? i : at), 0)
  return { name: names[best] ?? '', p: probabilities[best] ?? 0 }
}
