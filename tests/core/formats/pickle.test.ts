import { describe, expect, it } from 'vitest'
import {
  PickleGlobal,
  PickleObject,
  PicklePersistent,
  PickleTuple,
  parsePickle,
} from '../../../src/core/formats/pickle.ts'
import { expectTruncationErrors, expectTypedErrorsOnFlips } from './damage.ts'
import { dict, global, int, join, pickle, text, tuple, uint32 } from './pickle-writer.ts'

/** What Python's pickle.dumps writes of [1, -2, 2**70, 2.5, 'é', b'\x00', None, True, (1, 2), {'a': {3}}]. */
const FROM_PYTHON = {
  2: 'gAJdcQAoSwFK/v///4oJAAAAAAAAAABAR0AEAAAAAAAAWAIAAADDqXEBY19jb2RlY3MKZW5jb2RlCnECWAEAAAAAcQNYBgAAAGxhdGluMXEEhnEFUnEGTohLAUsChnEHfXEIWAEAAABhcQljX19idWlsdGluX18Kc2V0CnEKXXELSwNhhXEMUnENc2Uu',
  4: 'gASVPgAAAAAAAABdlChLAUr+////igkAAAAAAAAAAEBHQAQAAAAAAACMAsOplEMBAJROiEsBSwKGlH2UjAFhlI+UKEsDkHNlLg==',
  5: 'gAWVPgAAAAAAAABdlChLAUr+////igkAAAAAAAAAAEBHQAQAAAAAAACMAsOplEMBAJROiEsBSwKGlH2UjAFhlI+UKEsDkHNlLg==',
}

const ORDERED_DICT = global('collections', 'OrderedDict')

describe('pickle', () => {
  it.each(['2', '4', '5'] as const)('reads what Python writes in protocol %s', (protocol) => {
    const values = parsePickle(new Uint8Array(Buffer.from(FROM_PYTHON[protocol], 'base64')))
    expect(Array.isArray(values) && values.slice(0, 5)).toEqual([1, -2, 2n ** 70n, 2.5, 'é'])
    expect(Array.isArray(values) && values.slice(6, 9)).toEqual([null, true, new PickleTuple([1, 2])])
    if (protocol !== '2') expect(Array.isArray(values) && values[5]).toEqual(Uint8Array.of(0))
    if (protocol !== '2') expect(Array.isArray(values) && values[9]).toEqual(new Map([['a', new Set([3])]]))
  })

  it('keeps a call of os.system as a record and runs nothing', () => {
    const hostile = parsePickle(pickle(global('os', 'system'), text('touch /tmp/owned'), '\x85', 'R'))
    expect(hostile).toBeInstanceOf(PickleObject)
    expect((hostile as PickleObject).callee).toEqual(new PickleGlobal('os.system'))
    expect((hostile as PickleObject).args).toEqual(new PickleTuple(['touch /tmp/owned']))
  })

  it.each([
    ['builtins', 'eval'],
    ['builtins', 'getattr'],
    ['__builtin__', 'exec'],
    ['globalThis', 'Function'],
    ['constructor', 'constructor'],
  ])('does not evaluate through %s.%s', (module, name) => {
    const source = '(globalThis.pickled = true)'
    for (const opcode of ['R', '\x81']) {
      parsePickle(pickle(global(module, name), text(source), '\x85', opcode))
      parsePickle(join('\x80\x04', text(module), text(name), '\x93', text(source), '\x85', opcode, '.'))
    }
    expect('pickled' in globalThis).toBe(false)
  })

  it('cannot reach a prototype by a key', () => {
    const value = parsePickle(
      pickle(
        dict([
          ['__proto__', dict([['polluted', int(1)]])],
          ['constructor', int(2)],
        ]),
      ),
    )
    expect(value).toBeInstanceOf(Map)
    expect((value as Map<unknown, unknown>).get('constructor')).toBe(2)
    expect('polluted' in {}).toBe(false)
    const built = parsePickle(pickle(global('a', 'b'), ')R', dict([['__proto__', dict([['polluted', int(1)]])]]), 'b'))
    expect((built as PickleObject).state).toBeInstanceOf(Map)
    expect('polluted' in (built as object)).toBe(false)
  })

  it('keeps unknown objects with their state, items and entries', () => {
    const made = parsePickle(
      pickle(
        global('omegaconf', 'DictConfig'),
        ')\x81',
        dict([['content', int(1)]]),
        'b',
        '(',
        int(5),
        'e',
        text('k'),
        int(6),
        's',
      ),
    ) as PickleObject
    expect(made.state).toEqual(new Map([['content', 1]]))
    expect(made.items).toEqual([5])
    expect(made.entries).toEqual(new Map([['k', 6]]))
  })

  it('reads an OrderedDict as a Map, with its attributes ignored', () => {
    const pairs = join('](', tuple(text('a'), int(1)), tuple(text('b'), int(2)), 'e')
    expect(parsePickle(pickle(global('collections', 'OrderedDict'), pairs, '\x85R'))).toEqual(
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
    )
    const filled = pickle(
      global('collections', 'OrderedDict'),
      ')R',
      text('a'),
      int(1),
      's',
      dict([['_metadata', int(0)]]),
      'b',
    )
    expect(parsePickle(filled)).toEqual(new Map([['a', 1]]))
  })

  it('reads persistent ids as references', () => {
    expect(parsePickle(pickle(text('storage'), 'Q'))).toEqual(new PicklePersistent('storage'))
  })

  it('shares what the memo shares', () => {
    const list = parsePickle(pickle(']q\x00', '](h\x00h\x00e')) as unknown[]
    expect(list[0]).toBe(list[1])
  })

  it.each([
    ['a memo index of 4294967294', 'memo 4294967294 is empty', join('Nr', uint32(0xffffffff), 'j', uint32(0xfffffffe))],
    ['a string of 4 GiB', 'ends early', join('X', uint32(0xffffffff))],
    ['bytes of 2^63', 'a length of 9187201950435737471', join('\x8e', new Uint8Array(8).fill(0x7f))],
    ['an integer of 2 GiB', 'an integer of 2147483647 bytes', join('\x8b', uint32(0x7fffffff))],
    ['an integer of 1025 bytes', 'an integer of 1025 bytes', join('\x8b', uint32(1025), new Uint8Array(1025))],
    ['opcodes without end', 'more than 2000000 opcodes', 'N0'.repeat(1_000_001)],
    ['a Map for every byte', 'more than 200000 dicts, sets and objects', '}'.repeat(200_001)],
    ['a set for every byte', 'more than 200000 dicts, sets and objects', '\x8f'.repeat(200_001)],
    [
      'a long list that is made a dict again and again',
      'copies more than 2000000 shared entries',
      join('](', 'N'.repeat(20_000), 'eq\x000', ...Array(200).fill(join(ORDERED_DICT, 'h\x00\x85R'))),
    ],
    ['marks without end', 'nested deeper than 1000', join(...new Array<string>(100_000).fill('('))],
    ['an empty stack', 'the stack is empty', join('R')],
    ['nothing to give back', 'the stack is empty', join('')],
    ['nothing to copy', 'the stack is empty', join('2')],
    ['a mark that is not there', 'no mark on the stack', join('t')],
    ['a global without a name', 'a name without an end', join('cos')],
    ['a global whose name is long', 'a name without an end', join('c', 'x'.repeat(1025), '\ny\n')],
    ['a global of a text and a number', 'a global is not named by two strings', join(text('os'), 'K\x01\x93')],
    ['a global of a number and a text', 'a global is not named by two strings', join('K\x01', text('os'), '\x93')],
    ['an extension code', 'opcode 0x82 is not read', join('\x82\x01')],
    ['an unknown opcode', 'opcode 0xff is not read', join('\xff')],
    ['text opcodes of protocol 0', 'opcode 0x49 is not read', join('I1\n')],
    ['items of a number', 'sets items of something that is no dict', join('K\x01', text('a'), text('b'), 's')],
    ['a key without its item', 'sets items of something that is no dict', join('}(', text('a'), 'u')],
    ['items of a text', 'appends to something that is no list', join(text('a'), 'Na')],
    ['BUILD on a list', 'BUILD on something that is no object', join(']}b')],
    ['protocol 1', 'protocol 1 is not read', join('\x80\x01')],
    ['protocol 6', 'protocol 6 is not read', join('\x80\x06')],
    ['a frame beyond the end', 'a frame of 999 bytes is cut short', join('\x95', uint32(999), uint32(0))],
    ['a frame that ends just behind the end', 'a frame of 2 bytes is cut short', join('\x95', uint32(2), uint32(0))],
  ])('refuses %s', (_, words, body) => {
    expect(() => parsePickle(pickle(body))).toThrow(`pickle: ${words} (at byte `)
  })

  it.each<[string, unknown, Uint8Array | string]>([
    [
      'a memo index of four bytes',
      new PickleTuple([7, 7]),
      join('K\x07r', uint32(0x0100), 'j', uint32(0x0100), '\x86'),
    ],
    ['an integer of 1024 bytes', 1, join('\x8b', uint32(1024), 1, new Uint8Array(1023))],
    ['the largest safe integer', Number.MAX_SAFE_INTEGER, join('\x8a\x07', new Uint8Array(6).fill(255), 0x1f)],
    ['the next one', 2n ** 53n, join('\x8a\x07', new Uint8Array(6), 0x20)],
    ['the least safe integer', Number.MIN_SAFE_INTEGER, join('\x8a\x07', 1, new Uint8Array(5), 0xe0)],
    ['the one before', -(2n ** 53n), join('\x8a\x07', new Uint8Array(6), 0xe0)],
    [
      'a global whose name is as long as one may be',
      new PickleGlobal(`${'x'.repeat(1024)}.y`),
      `c${'x'.repeat(1024)}\ny\n`,
    ],
    ['a frame that ends with the file', null, join('\x95', uint32(2), uint32(0), 'N')],
    ['a global by two texts', new PickleGlobal('os.path'), join(text('os'), text('path'), '\x93')],
    [
      'a dict that is filled in its place',
      new PickleTuple([7, new Map([['a', 1]])]),
      join('K\x07}', text('a'), 'K\x01s\x86'),
    ],
    ['a thousand marks', [], join('('.repeat(1000), 'l')],
    ['as many sets as there may be', new Set(), '\x8f'.repeat(200_000)],
    ['as many opcodes as there may be', null, join('N0'.repeat(999_998), 'NN')],
    ['an OrderedDict of pairs in lists', new Map([[1, 2]]), join(ORDERED_DICT, ']](K\x01K\x02ea\x85R')],
  ])('reads %s', (_, value, body) => {
    expect(parsePickle(pickle(body))).toEqual(value)
  })

  it('reads a pickle nested by ten thousand tuples without overflowing', () => {
    expect(parsePickle(pickle('N', '\x85'.repeat(10_000)))).toBeInstanceOf(PickleTuple)
  })

  it('answers every truncation with a FormatError, and survives every flip', async () => {
    for (const base64 of Object.values(FROM_PYTHON)) {
      const bytes = new Uint8Array(Buffer.from(base64, 'base64'))
      await expectTruncationErrors(bytes, parsePickle)
      await expectTypedErrorsOnFlips(bytes, parsePickle)
    }
  })
})
