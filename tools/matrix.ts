// `npm run matrix`: writes docs/reliability.md, which tells for every fault and goal the tests that hold it. Fails where one is not there.

import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { findMistakes, writeMatrix } from './matrix/matrix.ts'

const ROOT = resolve(import.meta.dirname, '..')

const mistakes = findMistakes(ROOT)
for (const mistake of mistakes) console.error(mistake)
if (mistakes.length > 0) process.exit(1)
writeFileSync(join(ROOT, 'docs/reliability.md'), writeMatrix())
