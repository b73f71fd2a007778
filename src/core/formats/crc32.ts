// CRC-32 as zip and PNG use it (polynomial 0xedb88320, reflected), four bytes at a time.

/** Four tables of 256: table t holds the CRC of a byte that t zero bytes follow. */
const TABLES = makeTables()

/** The CRC of `bytes`, or of what `previous` was the CRC of with `bytes` behind it. */
export function crc32(bytes: Uint8Array, previous = 0): number {
  let crc = ~previous
  let at = 0
  for (const whole = bytes.length - 3; at < whole; at += 4) {
    crc ^= (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)
    crc =
      (TABLES[768 + (crc & 0xff)] ?? 0) ^
      (TABLES[512 + ((crc >>> 8) & 0xff)] ?? 0) ^
      (TABLES[256 + ((crc >>> 16) & 0xff)] ?? 0) ^
      (TABLES[crc >>> 24] ?? 0)
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ (TABLES[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0)
  return ~crc >>> 0
}

function makeTables(): Int32Array {
  const tables = new Int32Array(4 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
    tables[byte] = crc
  }
  for (let i = 256; i < tables.length; i++) {
    const shorter = tables[i - 256] ?? 0
    tables[i] = (shorter >>> 8) ^ (tables[shorter & 0xff] ?? 0)
  }
  return tables
}
