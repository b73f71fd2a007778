import { describe, expect, it } from 'vitest'
import { composePrompts, withPostfix } from '../../../tools/eval/prompts.ts'

const shown = {
  subjects: {
    house: { colors: ['orange', 'red'], places: ['by the sea', 'on a hill'] },
    boat: { colors: ['blue'], places: ['on a lake'] },
    fish: { colors: ['pink', 'yellow'], places: ['under the sea'] },
  },
  times: { day: 'by day', night: 'at night' },
}

describe('content prompts', () => {
  it('say subject, colour, place and time, and what a judge should find', () => {
    for (const { text, asked } of composePrompts(shown, 30)) {
      const seen = shown.subjects[asked.subject as keyof typeof shown.subjects]
      const time = shown.times[asked.time as keyof typeof shown.times]
      const article = asked.color === 'orange' ? 'an' : 'a'
      expect(seen.colors).toContain(asked.color)
      expect(seen.places.map((place) => `${article} ${asked.color} ${asked.subject} ${place} ${time}`)).toContain(text)
      expect(asked.count).toBe('1')
    }
  })

  it('are the same every time, and a longer list begins with the shorter one', () => {
    expect(composePrompts(shown, 20).slice(0, 7)).toEqual(composePrompts(shown, 7))
  })

  it('go through all subjects before any comes again, and use every hour, colour and place', () => {
    const prompts = composePrompts(shown, 12)
    for (const start of [0, 3, 6, 9]) {
      expect(new Set(prompts.slice(start, start + 3).map(({ asked }) => asked.subject)).size).toBe(3)
    }
    const houses = prompts.filter(({ asked }) => asked.subject === 'house')
    expect(new Set(houses.map(({ asked }) => asked.color)).size).toBe(2)
    expect(new Set(houses.map(({ asked }) => asked.time)).size).toBe(2)
    expect(new Set(houses.map(({ text }) => text.includes('sea'))).size).toBe(2)
  })

  it('each start from noise of their own', () => {
    expect(new Set(composePrompts(shown, 50).map(({ seed }) => seed)).size).toBe(50)
  })

  it('name a style after a comma where it is asked for by name', () => {
    expect(withPostfix('a red house', 'Stained glass')).toBe('a red house, in the style of stained glass')
  })
})
