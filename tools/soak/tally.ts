// The table that a campaign ends with: what was tried, how much survived, how much was lost.

export interface Tally {
  tried: number
  lost: number
}

/** Cases by name, each counted as it ends. */
export interface Table {
  count(name: string, survived: boolean): void
  /** Prints it; returns how many were lost. */
  print(campaign: string): number
}

export function createTable(): Table {
  const rows = new Map<string, Tally>()
  return {
    count(name, survived) {
      const row = rows.get(name) ?? { tried: 0, lost: 0 }
      row.tried++
      if (!survived) row.lost++
      rows.set(name, row)
    },
    print(campaign) {
      const all = [...rows.values()].reduce(
        (sum, row) => ({ tried: sum.tried + row.tried, lost: sum.lost + row.lost }),
        { tried: 0, lost: 0 },
      )
      console.log(`\n| ${campaign} | tried | survived | lost |\n|---|--:|--:|--:|`)
      for (const [name, { tried, lost }] of [...rows, ['all', all] as const]) {
        console.log(`| ${name} | ${tried} | ${tried - lost} | ${lost} |`)
      }
      return all.lost
    },
  }
}
