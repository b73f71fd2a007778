// Which addresses a pack may come from.

import { describe, expect, it } from 'vitest'
import { readPackUrl } from '../../src/platform/pack-url.ts'
import { JobError } from '../../src/protocol/errors.ts'

const APP = 'https://app.example/kindred/'

describe('the address of a pack', () => {
  it.each([
    ['https://host.example/pack', 'https://host.example/pack/'],
    ['  https://host.example/pack/pack.json  ', 'https://host.example/pack/'],
    ['https://host.example/a/resolve/main/?download=true#top', 'https://host.example/a/resolve/main/'],
    ['http://localhost:8080/pack/', 'http://localhost:8080/pack/'],
    ['http://127.0.0.1/', 'http://127.0.0.1/'],
    ['/packs/mine', 'https://app.example/packs/mine/'],
  ])('%s is the folder %s', (text, folder) => {
    expect(readPackUrl(text, APP)).toBe(folder)
  })

  it.each([
    'http://host.example/pack/',
    'https://name:secret@host.example/',
    'ftp://host.example/',
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/',
    'https://',
  ])('%s is refused', (text) => {
    expect(() => readPackUrl(text, APP)).toThrow(JobError)
  })
})
