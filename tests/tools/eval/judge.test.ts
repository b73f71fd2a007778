// The judge in Node against PyTorch's numbers; training/judge_fixture.py made them.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { mostLikely, openJudge } from '../../../tools/eval/judge.ts'
import { shrinkByArea } from '../../../tools/eval/shrink.ts'

const FIXTURE = new URL('../../fixtures/judge/', import.meta.url)
const PATH = new URL('judge.onnx', FIXTURE).pathname

interface GoldenCase {
  readonly width: number
  readonly height: number
  readonly answers: Readonly<Record<string, readonly number[]>>
  readonly firstRow: readonly number[]
}
const { cases } = JSON.parse(readFileSync(new URL('judge.json', FIXTURE), 'utf8')) as { cases: GoldenCase[] }

/** As judge_fixture.py's `picture`. */
function makePicture({ width, height }: { width: number; height: number }) {
  const data = new Uint8Array(3 * width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const square = (Math.floor(x / 16) + Math.floor(y / 16)) % 2
      data.set([(x * 7) % 256, (x * 3 + y * 5) % 256, square * 255], 3 * (y * width + x))
    }
  }
  return { width, height, data }
}

describe('the judge', () => {
  it.each(cases)('gives what PyTorch gives for a picture of $width × $height', async (golden) => {
    const judge = await openJudge(PATH)
    const verdict = await judge.judge(makePicture(golden))
    expect(Object.keys(verdict)).toEqual(Object.keys(golden.answers))
    for (const [kind, expected] of Object.entries(golden.answers)) {
      // Weights are stored as float16.
      for (const [i, p] of expected.entries()) expect(verdict[kind]?.[i]).toBeCloseTo(p, 2)
    }
  })

  it.each(cases)('sees $width × $height brought to its square as PyTorch does it', (golden) => {
    const small = shrinkByArea(makePicture(golden), 128)
    const firstRow = [0, 1, 2].flatMap((channel) => [...small.subarray(channel * 128 ** 2, channel * 128 ** 2 + 128)])
    expect(firstRow.length).toBe(golden.firstRow.length)
    for (const [i, value] of golden.firstRow.entries()) expect(firstRow[i]).toBeCloseTo(value, 5)
  })

  it('says from its file what it was taught, how good it is, and what renderings show', async () => {
    const judge = await openJudge(PATH)
    expect(judge.classes).toEqual({
      style: ['oil', 'glass', 'neon'],
      subject: ['boat', 'house'],
      time: ['day', 'night'],
      count: ['one', 'two', 'three'],
    })
    expect(judge.accuracy.kinds).toEqual({ style: 0.75, subject: 1, time: 0.5 })
    expect(judge.shown.subjects.house?.places).toEqual(['by the sea', 'on a hill'])
    expect(judge.hash).toMatch(/^[0-9a-f]{64}$/)
  })

  it('is refused where the file is no judge', async () => {
    await expect(openJudge(new URL('judge.json', FIXTURE).pathname)).rejects.toThrow(/judge/)
  })

  it('names the class of the highest probability', () => {
    expect(mostLikely(['a', 'b', 'c'], Float32Array.of(0.2, 0.5, 0.3))).toEqual({ name: 'b', p: 0.5 })
  })
})
