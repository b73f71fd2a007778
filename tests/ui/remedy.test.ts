// Every failure has a sentence and a button.

import { expect, test } from 'vitest'
import { JOB_ERROR_CODES } from '../../src/protocol/errors.ts'
import { findRemedy, nameAction } from '../../src/ui/trouble/remedy.ts'

test.each(JOB_ERROR_CODES)('%s says what happened, what still works, and what to do', (code) => {
  const { words, action } = findRemedy(code)
  expect(words.happened).toMatch(/\.$/)
  expect(words.stillWorks).toMatch(/\.$/)
  expect(nameAction(action)).not.toBe('')
})

test('a browser without a graphics processor is offered the processor, and a missing part of the app a reload', () => {
  expect(findRemedy('webgpu-unavailable').action).toBe('use-processor')
  expect(findRemedy('app-part-missing').action).toBe('reload')
})

test('a style that cannot be used leads to the other styles', () => {
  for (const code of ['database-missing', 'database-damaged', 'database-other-clip'] as const)
    expect(findRemedy(code).action).toBe('choose-style')
})
