// Reads Python pickles (protocols 2 to 5) into inert data: nothing in a pickle is ever imported, called or evaluated.
// Opcodes: CPython's Lib/pickletools.py. Only collections.OrderedDict is given a meaning here (a Map); every other global
// stays a name, and every call of one a record of name and arguments, for the reader of a format to accept or ignore.

import { FormatError } from './format-error.ts'

const MOST_BYTES = 64 << 20
const MOST_MARKS = 1000
const LONGEST_LONG = 1024
/** A checkpoint of 2,000 tensors has some 80,000 opcodes. */
const MOST_OPCODES = 2_000_000
/** A Map is made by one byte, and takes some 300. */
const MOST_CONTAINERS = 200_000
/** Entries that opcodes copy out of what is shared: a few bytes could ask for a long list again and again. */
const MOST_COPIES = 2_000_000

/** A name that the pickle would import: data, never resolved. */
export class PickleGlobal {
  constructor(readonly name: string) {}
}

/** An object that the pickle would make by calling `callee`: kept as what it says, never called. */
export class PickleObject {
  /** What BUILD would hand to __setstate__. */
  state: PickleValue = null
  readonly items: PickleValue[] = []

  constructor(
    readonly callee: PickleValue,
    readonly args: PickleValue,
    readonly entries = new Map<PickleValue, PickleValue>(),
  ) {}
}

/** A reference out of the pickle; torch names storages by it. */
export class PicklePersistent {
  constructor(readonly id: PickleValue) {}
}

export class PickleTuple {
  constructor(readonly items: readonly PickleValue[]) {}
}

/** Dicts are Maps, so that no key can reach a prototype; lists are arrays. Values may be shared, and may contain themselves. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleTuple
  | PickleValue[]
  | Map<PickleValue, PickleValue>
  | Set<PickleValue>
  | PickleGlobal
  | PickleObject
  | PicklePersistent

/** Reads the first object of a pickle. Throws FormatError('pickle', …) for damage, unknown opcodes, and beyond the bounds above. */
export function parsePickle(bytes: Uint8Array): PickleValue {
  if (bytes.byteLength > MOST_BYTES)
    throw new FormatError('pickle', `${bytes.byteLength} bytes are more than ${MOST_BYTES}`)
  return new Unpickler(bytes).run()
}

class Unpickler {
  private stack: PickleValue[] = []
  private readonly marks: PickleValue[][] = []
  private readonly memo = new Map<number, PickleValue>()
  private readonly view: DataView
  private position = 0
  private opcodeAt = 0
  private containers = 0
  private copies = 0

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  run(): PickleValue {
    for (let opcodes = 0; opcodes < MOST_OPCODES; opcodes++) {
      this.opcodeAt = this.position
      const opcode = this.byte()
      if (opcode === 0x2e) return this.pop()
      if (!this.scalar(opcode) && !this.container(opcode) && !this.object(opcode) && !this.bookkeeping(opcode)) {
        this.fail(`opcode 0x${opcode.toString(16)} is not read`)
      }
    }
    return this.fail(`more than ${MOST_OPCODES} opcodes`)
  }

  /** Opcodes that push a literal. */
  private scalar(opcode: number): boolean {
    switch (opcode) {
      case 0x4e: // NONE
        return this.push(null)
      case 0x88: // NEWTRUE
        return this.push(true)
      case 0x89: // NEWFALSE
        return this.push(false)
      case 0x4a: // BININT
        return this.push(this.view.getInt32(this.take(4), true))
      case 0x4b: // BININT1
        return this.push(this.byte())
      case 0x4d: // BININT2
        return this.push(this.view.getUint16(this.take(2), true))
      case 0x8a: // LONG1
        return this.push(this.long(this.byte()))
      case 0x8b: // LONG4
        return this.push(this.long(this.view.getUint32(this.take(4), true)))
      case 0x47: // BINFLOAT
        return this.push(this.view.getFloat64(this.take(8), false))
      case 0x8c: // SHORT_BINUNICODE
        return this.push(this.text(this.byte()))
      case 0x58: // BINUNICODE
        return this.push(this.text(this.view.getUint32(this.take(4), true)))
      case 0x8d: // BINUNICODE8
        return this.push(this.text(this.length8()))
      case 0x55: // SHORT_BINSTRING
      case 0x43: // SHORT_BINBYTES
        return this.push(this.raw(this.byte()))
      case 0x54: // BINSTRING
      case 0x42: // BINBYTES
        return this.push(this.raw(this.view.getUint32(this.take(4), true)))
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        return this.push(this.raw(this.length8()))
      default:
        return false
    }
  }

  /** Opcodes that make or fill tuples, lists, dicts and sets. */
  private container(opcode: number): boolean {
    switch (opcode) {
      case 0x29: // EMPTY_TUPLE
        return this.push(new PickleTuple([]))
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        return this.push(new PickleTuple(this.popMany(opcode - 0x84)))
      case 0x74: // TUPLE
        return this.push(new PickleTuple(this.popMark()))
      case 0x5d: // EMPTY_LIST
        return this.push([])
      case 0x6c: // LIST
        return this.push(this.popMark())
      case 0x7d: // EMPTY_DICT
        return this.push(this.map())
      case 0x64: // DICT
        return this.setItems(this.map(), this.popMark(), true)
      case 0x8f: // EMPTY_SET
        return this.push(this.set([]))
      case 0x91: // FROZENSET
        return this.push(this.set(this.popMark()))
      case 0x61: // APPEND
        return this.append(this.popMany(1))
      case 0x65: // APPENDS
      case 0x90: // ADDITEMS
        return this.append(this.popMark())
      case 0x73: {
        // SETITEM
        const pair = this.popMany(2)
        return this.setItems(this.top(), pair, false)
      }
      case 0x75: {
        // SETITEMS
        const pairs = this.popMark()
        return this.setItems(this.top(), pairs, false)
      }
      default:
        return false
    }
  }

  /** Opcodes that would import or call: here they only record. */
  private object(opcode: number): boolean {
    switch (opcode) {
      case 0x63: // GLOBAL
        return this.push(new PickleGlobal(`${this.line()}.${this.line()}`))
      case 0x93: {
        // STACK_GLOBAL
        const [module, name] = this.popMany(2)
        if (typeof module !== 'string' || typeof name !== 'string')
          return this.fail('a global is not named by two strings')
        return this.push(new PickleGlobal(`${module}.${name}`))
      }
      case 0x52: // REDUCE
      case 0x81: {
        // NEWOBJ
        const [callee = null, args = null] = this.popMany(2)
        return this.push(this.construct(callee, args))
      }
      case 0x92: {
        // NEWOBJ_EX
        const [callee = null, args = null, keywords = null] = this.popMany(3)
        return this.push(this.constructWithKeywords(callee, args, keywords))
      }
      case 0x62: {
        // BUILD
        const [state = null] = this.popMany(1)
        const target = this.top()
        if (target instanceof PickleObject) target.state = state
        else if (!(target instanceof Map)) this.fail('BUILD on something that is no object')
        return true
      }
      case 0x51: // BINPERSID
        return this.push(new PicklePersistent(this.pop()))
      default:
        return false
    }
  }

  /** Marks, memo, protocol and frames. */
  private bookkeeping(opcode: number): boolean {
    switch (opcode) {
      case 0x80: {
        // PROTO
        const protocol = this.byte()
        return protocol >= 2 && protocol <= 5 ? true : this.fail(`protocol ${protocol} is not read`)
      }
      case 0x95: {
        // FRAME
        const length = this.length8()
        return length <= this.bytes.byteLength - this.position
          ? true
          : this.fail(`a frame of ${length} bytes is cut short`)
      }
      case 0x28: // MARK
        if (this.marks.length >= MOST_MARKS) this.fail(`nested deeper than ${MOST_MARKS}`)
        this.marks.push(this.stack)
        this.stack = []
        return true
      case 0x30: // POP
        this.pop()
        return true
      case 0x31: // POP_MARK
        this.popMark()
        return true
      case 0x32: // DUP
        return this.push(this.top())
      case 0x94: // MEMOIZE
        return this.remember(this.memo.size)
      case 0x71: // BINPUT
        return this.remember(this.byte())
      case 0x72: // LONG_BINPUT
        return this.remember(this.view.getUint32(this.take(4), true))
      case 0x68: // BINGET
        return this.recall(this.byte())
      case 0x6a: // LONG_BINGET
        return this.recall(this.view.getUint32(this.take(4), true))
      default:
        return false
    }
  }

  private fail(detail: string): never {
    throw new FormatError('pickle', detail, this.opcodeAt)
  }

  /** Moves past `count` bytes and returns where they begin. */
  private take(count: number): number {
    const start = this.position
    if (count > this.bytes.byteLength - start) this.fail('ends early')
    this.position = start + count
    return start
  }

  private byte(): number {
    return this.view.getUint8(this.take(1))
  }

  private length8(): number {
    const length = this.view.getBigUint64(this.take(8), true)
    return length <= BigInt(MOST_BYTES) ? Number(length) : this.fail(`a length of ${length}`)
  }

  private raw(length: number): Uint8Array {
    const start = this.take(length)
    return new Uint8Array(this.bytes.subarray(start, start + length))
  }

  private text(length: number): string {
    const start = this.take(length)
    return new TextDecoder().decode(this.bytes.subarray(start, start + length))
  }

  private line(): string {
    const end = this.bytes.indexOf(0x0a, this.position)
    if (end < 0 || end - this.position > 1024) this.fail('a name without an end')
    const text = this.text(end - this.position)
    this.position = end + 1
    return text
  }

  /** Little-endian two's complement; a bigint only where a number would round. */
  private long(length: number): number | bigint {
    if (length > LONGEST_LONG) this.fail(`an integer of ${length} bytes`)
    const start = this.take(length)
    let value = 0n
    for (let i = start + length - 1; i >= start; i--) value = (value << 8n) | BigInt(this.bytes[i] ?? 0)
    value = BigInt.asIntN(8 * length, value)
    return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
  }

  private push(value: PickleValue): true {
    this.stack.push(value)
    return true
  }

  private top(): PickleValue {
    const value = this.stack.at(-1)
    return value === undefined ? this.fail('the stack is empty') : value
  }

  private pop(): PickleValue {
    const value = this.stack.pop()
    return value === undefined ? this.fail('the stack is empty') : value
  }

  private popMany(count: number): PickleValue[] {
    if (this.stack.length < count) this.fail('the stack is empty')
    return this.stack.splice(this.stack.length - count)
  }

  private popMark(): PickleValue[] {
    const values = this.stack
    this.stack = this.marks.pop() ?? this.fail('no mark on the stack')
    return values
  }

  private append(values: readonly PickleValue[]): true {
    const target = this.top()
    if (Array.isArray(target)) for (const value of values) target.push(value)
    else if (target instanceof Set) for (const value of values) target.add(value)
    else if (target instanceof PickleObject) for (const value of values) target.items.push(value)
    else this.fail('appends to something that is no list')
    return true
  }

  private setItems(target: PickleValue, pairs: readonly PickleValue[], push: boolean): true {
    const map = target instanceof PickleObject ? target.entries : target
    if (!(map instanceof Map) || pairs.length % 2 !== 0) this.fail('sets items of something that is no dict')
    for (let i = 0; i + 1 < pairs.length; i += 2) map.set(pairs[i] ?? null, pairs[i + 1] ?? null)
    return push ? this.push(target) : true
  }

  private remember(index: number): true {
    this.memo.set(index, this.top())
    return true
  }

  private recall(index: number): true {
    const value = this.memo.get(index)
    return value === undefined ? this.fail(`memo ${index} is empty`) : this.push(value)
  }

  private map(): Map<PickleValue, PickleValue> {
    if (++this.containers > MOST_CONTAINERS) this.fail(`more than ${MOST_CONTAINERS} dicts, sets and objects`)
    return new Map()
  }

  private set(values: readonly PickleValue[]): Set<PickleValue> {
    if (++this.containers > MOST_CONTAINERS) this.fail(`more than ${MOST_CONTAINERS} dicts, sets and objects`)
    return new Set(values)
  }

  private makeObject(callee: PickleValue, args: PickleValue): PickleObject {
    return new PickleObject(callee, args, this.map())
  }

  private copy(count: number): void {
    this.copies += count
    if (this.copies > MOST_COPIES) this.fail(`copies more than ${MOST_COPIES} shared entries`)
  }

  /** The one call with a meaning: an OrderedDict, empty or from a list of pairs, is a Map. */
  private construct(callee: PickleValue, args: PickleValue): PickleValue {
    const isOrderedDict = callee instanceof PickleGlobal && callee.name === 'collections.OrderedDict'
    if (!isOrderedDict || !(args instanceof PickleTuple)) return this.makeObject(callee, args)
    const map = this.map()
    const pairs = Array.isArray(args.items[0]) ? args.items[0] : []
    this.copy(pairs.length)
    for (const pair of pairs) {
      const [key = null, value = null] = pair instanceof PickleTuple ? pair.items : Array.isArray(pair) ? pair : []
      map.set(key, value)
    }
    return map
  }

  private constructWithKeywords(callee: PickleValue, args: PickleValue, keywords: PickleValue): PickleObject {
    const made = this.makeObject(callee, args)
    if (!(keywords instanceof Map)) return made
    this.copy(keywords.size)
    for (const [key, value] of keywords) made.entries.set(key, value)
    return made
  }
}
