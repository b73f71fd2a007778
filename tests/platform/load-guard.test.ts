// Openings that never ended are counted over visits; those that ended, failed or were left are not.

import { expect, it } from 'vitest'
import { createLoadGuard } from '../../src/platform/load-guard.ts'

/** A browser whose storage outlives its pages. */
function createBrowser() {
  const records = new Map<string, string>()
  const storage = {
    getItem: (key: string) => records.get(key) ?? null,
    setItem: (key: string, value: string) => void records.set(key, value),
    removeItem: (key: string) => void records.delete(key),
  }
  return {
    records,
    visit() {
      const page = new EventTarget()
      const guard = createLoadGuard(() => storage, page)
      return { ...guard, leave: () => page.dispatchEvent(new Event('pagehide')) }
    },
  }
}

it('counts the openings in a row that ended with the page', () => {
  const browser = createBrowser()
  expect(browser.visit().begin()).toBe(0)
  expect(browser.visit().begin()).toBe(1)
  expect(browser.visit().begin()).toBe(2)
})

it('starts anew once an opening has ended', () => {
  const browser = createBrowser()
  browser.visit().begin()
  const second = browser.visit()
  expect(second.begin()).toBe(1)
  second.end()
  expect(browser.visit().begin()).toBe(0)
})

it('counts an opening once, however often it is announced', () => {
  const browser = createBrowser()
  browser.visit().begin()
  const second = browser.visit()
  expect([second.begin(), second.begin(), second.begin()]).toEqual([1, 1, 1])
  expect(browser.visit().begin()).toBe(2)
})

it('takes a page that is left or reloaded in the middle for no crash', () => {
  const browser = createBrowser()
  const page = browser.visit()
  page.begin()
  page.leave()
  expect(browser.visit().begin()).toBe(0)
})

it('is no use and no harm where storage is forbidden, and reads nonsense as nothing', () => {
  const forbidden = createLoadGuard(() => {
    throw new Error('SecurityError')
  }, new EventTarget())
  expect(forbidden.begin()).toBe(0)
  forbidden.end()
  const browser = createBrowser()
  browser.visit().begin()
  for (const key of browser.records.keys()) browser.records.set(key, 'nonsense')
  expect(browser.visit().begin()).toBe(0)
})
