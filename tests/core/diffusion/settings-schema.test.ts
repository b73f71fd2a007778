import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { DEFAULT_SETTINGS } from '../../../src/core/diffusion/recipe.ts'
import { settingsFields } from '../../../src/core/diffusion/settings-schema.ts'

const schema = v.object(settingsFields)

describe('stored settings', () => {
  it('are read as they were written', () => {
    expect(v.parse(schema, JSON.parse(JSON.stringify(DEFAULT_SETTINGS)))).toEqual(DEFAULT_SETTINGS)
  })

  it.each(Object.keys(DEFAULT_SETTINGS))('are refused without %s, and with another kind of it', (name) => {
    const { [name]: _, ...rest } = { ...DEFAULT_SETTINGS } as Record<string, unknown>
    expect(v.is(schema, rest)).toBe(false)
    expect(v.is(schema, { ...rest, [name]: [] })).toBe(false)
  })
})
