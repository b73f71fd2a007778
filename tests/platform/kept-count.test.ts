import { expect, it } from 'vitest'
import { createKeptCount } from '../../src/platform/kept-count.ts'

function setUp() {
  const records = new Map<string, string>()
  const storage = {
    getItem: (key: string) => records.get(key) ?? null,
    setItem: (key: string, value: string) => void records.set(key, value),
    removeItem: (key: string) => void records.delete(key),
  }
  return { records, count: createKeptCount(() => storage) }
}

it('is what was told last, also to the next visit', () => {
  const { records, count } = setUp()
  for (const told of [3, 12]) count.tell(told)
  expect(count.read()).toBe(12)
  count.tell(0)
  expect(count.read()).toBe(0)
  expect(records.size).toBe(0)
})

it('is 0 where it was never told, cannot be read, or storage is refused', () => {
  const { records, count } = setUp()
  expect(count.read()).toBe(0)
  count.tell(4)
  for (const text of ['-3', '1e99', 'NaN', '2.5', '']) {
    for (const key of records.keys()) records.set(key, text)
    expect(count.read(), text).toBe(0)
  }
  const refused = createKeptCount(() => {
    throw new DOMException('refused', 'SecurityError')
  })
  refused.tell(3)
  expect(refused.read()).toBe(0)
})
