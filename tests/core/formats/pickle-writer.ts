// Writes pickles by their opcodes, for tests: honest ones like torch.save's, and hostile ones.

const encoder = new TextEncoder()

/** Joins opcodes (numbers or Latin text) and operands into one pickle of protocol 2, STOP included. */
export function pickle(...parts: (string | number | Uint8Array)[]): Uint8Array {
  return join('\x80\x02', ...parts, '.')
}

export function join(...parts: (string | number | Uint8Array)[]): Uint8Array {
  const bytes = parts.map((part) => {
    if (typeof part === 'number') return Uint8Array.of(part)
    return typeof part === 'string' ? Uint8Array.from(part, (character) => character.charCodeAt(0)) : part
  })
  return new Uint8Array(Buffer.concat(bytes))
}

/** BINUNICODE */
export function text(value: string): Uint8Array {
  const bytes = encoder.encode(value)
  return join('X', uint32(bytes.length), bytes)
}

/** BININT */
export function int(value: number): Uint8Array {
  return join('J', uint32(value >>> 0))
}

/** GLOBAL */
export function global(module: string, name: string): Uint8Array {
  return join(`c${module}\n${name}\n`)
}

export function tuple(...items: Uint8Array[]): Uint8Array {
  return join('(', ...items, 't')
}

export function dict(entries: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  // As one part: the entries may be more than a call takes arguments.
  return join('}(', Buffer.concat(entries.flatMap(([key, value]) => [text(key), value])), 'u')
}

export function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value, true)
  return bytes
}
