// Shares with their uncertainty.

export interface Estimate {
  readonly value: number
  /** Bounds of the 95 % interval. */
  readonly low: number
  readonly high: number
}

/** The standard normal distribution's 97.5 % quantile. */
const Z = 1.959963984540054

/**
 * A share with Wilson's score interval (1927), 95 %: unlike the textbook's it stays within 0..1 and keeps its width at 0 and 1.
 * @param right of `asked`; RangeError where that is impossible or nothing was asked
 */
export function wilson(right: number, asked: number): Estimate {
  if (!(asked > 0 && right >= 0 && right <= asked)) throw new RangeError(`a share of ${right} out of ${asked}`)
  const value = right / asked
  const spread = 1 + Z ** 2 / asked
  const middle = (value + Z ** 2 / (2 * asked)) / spread
  const half = (Z / spread) * Math.sqrt((value * (1 - value)) / asked + Z ** 2 / (4 * asked ** 2))
  // At the ends the formula gives the share itself, give or take the last digit.
  return {
    value,
    low: right === 0 ? 0 : Math.max(0, middle - half),
    high: right === asked ? 1 : Math.min(1, middle + half),
  }
}

/** Mean with its 95 % interval by the normal approximation; RangeError for no values. */
export function meanWithInterval(values: readonly number[]): Estimate {
  if (values.length === 0) throw new RangeError('the mean of nothing')
  const value = values.reduce((sum, x) => sum + x, 0) / values.length
  const squares = values.reduce((sum, x) => sum + (x - value) ** 2, 0)
  const half = values.length < 2 ? 0 : Z * Math.sqrt(squares / (values.length - 1) / values.length)
  return { value, low: value - half, high: value + half }
}

/** The value below which a share `q` of the others lies, interpolated; RangeError for no values. */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) throw new RangeError('a quantile of nothing')
  const sorted = values.toSorted((a, b) => a - b)
  const place = q * (sorted.length - 1)
  const [below, above] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0]
  return below + (above - below) * (place - Math.floor(place))
}

/** Spearman's rank correlation: 1 where one grows whenever the other does. Equal values share their mean rank. */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranks(a), ranks(b)]
  const middle = (a.length - 1) / 2
  const product = (p: readonly number[], q: readonly number[]) =>
    p.reduce((sum, value, i) => sum + (value - middle) * ((q[i] ?? 0) - middle), 0)
  return product(x, y) / Math.sqrt(product(x, x) * product(y, y))
}

function ranks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length
    const equal = values.filter((other) => other === value).length
    return below + (equal - 1) / 2
  })
}
