// All faults and goals of the reliability matrix, in the order in which its page has them.

import { COMPUTE_FAULTS } from './compute-faults.ts'
import type { Demand } from './demand.ts'
import { RELIABILITY_GOALS, SECURITY_GOALS } from './goals.ts'
import { INPUT_FAULTS } from './input-faults.ts'
import { NETWORK_FAULTS } from './network-faults.ts'
import { STORAGE_FAULTS } from './storage-faults.ts'

export const SECTIONS: readonly (readonly [title: string, demands: readonly Demand[]])[] = [
  ['Storage and visits', STORAGE_FAULTS],
  ['Network and updates', NETWORK_FAULTS],
  ['Computing', COMPUTE_FAULTS],
  ['What comes from outside', INPUT_FAULTS],
  ['Goals of reliability', RELIABILITY_GOALS],
  ['Goals of security and privacy', SECURITY_GOALS],
]

export const DEMANDS = SECTIONS.flatMap(([, demands]) => demands)
