// What went wrong in the library is said of the library: settings of a picture, or the wall, are not at fault there.

import { expect, test } from 'vitest'
import { SKIP_REASONS } from '../../../src/core/image/skip-reason.ts'
import { JOB_ERROR_CODES } from '../../../src/protocol/errors.ts'
import { describeFailure } from '../../../src/ui/library/library-words.ts'
import { strings } from '../../../src/ui/strings.ts'

test.each(SKIP_REASONS)('a picture to look for that is refused as "%s" is said to be so', (reason) => {
  const { happened, stillWorks } = describeFailure({ code: 'invalid-input', detail: reason })
  expect(happened).toBe(`That picture cannot be looked for: it ${strings.dropping.reasons[reason]}.`)
  expect(stillWorks).toMatch(/\.$/)
})

test('a reason comes from the list alone', () => {
  for (const detail of ['constructor', '__proto__', ''])
    expect(describeFailure({ code: 'invalid-input', detail }).happened).toBe(
      strings.library.trouble['invalid-input'].happened,
    )
  expect(describeFailure({ code: 'internal', detail: 'svg' }).happened).toBe(strings.trouble.internal.happened)
})

test.each(JOB_ERROR_CODES)('%s has whole sentences that blame no settings', (code) => {
  const { happened, stillWorks } = describeFailure({ code, detail: '' })
  expect(happened).toMatch(/\.$/)
  expect(stillWorks).toMatch(/\.$/)
  expect(happened).not.toContain('settings')
})
