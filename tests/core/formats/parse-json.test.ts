import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { FormatError } from '../../../src/core/formats/format-error.ts'
import { parseJson } from '../../../src/core/formats/parse-json.ts'

const schema = v.object({
  version: v.literal(1),
  rows: v.array(v.object({ id: v.string(), score: v.optional(v.number(), 0) })),
})

function refusal(name: string | null, text: string): FormatError {
  try {
    parseJson('pack', name, text, schema)
  } catch (error) {
    if (error instanceof FormatError) return error
    throw error
  }
  throw new Error(`${text} was read`)
}

describe('JSON from outside', () => {
  it('is given as the schema gives it: defaults filled in, strange keys left out', () => {
    expect(parseJson('pack', null, '{"version":1,"rows":[{"id":"a"}],"more":2}', schema)).toEqual({
      version: 1,
      rows: [{ id: 'a', score: 0 }],
    })
  })

  it.each(['', '{', '{"version":1,}', 'NaN'])('is refused where it is none: %s', (text) => {
    expect(refusal(null, text).message).toMatch(/^pack: not JSON: \S/)
    expect(refusal('list.json', text).message).toMatch(/^pack: list\.json is not JSON: \S/)
  })

  it('is refused by the path of what does not fit, with and without the name of the file', () => {
    const text = '{"version":1,"rows":[{"id":"a"},{"id":5}]}'
    expect(refusal(null, text).message).toBe('pack: rows.1.id: Invalid type: Expected string but received 5')
    expect(refusal('list.json', text).detail).toBe('list.json: rows.1.id: Invalid type: Expected string but received 5')
  })

  it('is refused by the root where it is another thing altogether', () => {
    expect(refusal('list.json', '3').message).toMatch(/^pack: list\.json: root: /)
  })

  it('is refused under the name of its format', () => {
    expect(refusal(null, '[').format).toBe('pack')
  })
})
