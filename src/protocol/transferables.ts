// What of a message is handed over rather than copied, and what of it must be freed where nobody takes it.

/** The buffers and bitmaps inside a message, each once. */
export function transferablesOf(value: unknown): Transferable[] {
  const found = new Set<Transferable>()
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return
    if (isBitmap(part)) found.add(part)
    else if (part instanceof ArrayBuffer) found.add(part)
    else if (ArrayBuffer.isView(part)) visit(part.buffer)
    else if (Array.isArray(part)) part.forEach(visit)
    else if (Object.getPrototypeOf(part) === Object.prototype) Object.values(part).forEach(visit)
  }
  visit(value)
  return [...found]
}

/** Frees the bitmaps inside a message that goes to nobody: they lie outside of what the garbage collector measures. */
export function closeBitmaps(message: unknown): void {
  for (const part of transferablesOf(message)) if (isBitmap(part)) part.close()
}

function isBitmap(value: unknown): value is ImageBitmap {
  return typeof ImageBitmap !== 'undefined' && value instanceof ImageBitmap
}
