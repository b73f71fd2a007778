// Imported first by the parse worker: modules run in the order of their imports, so that none runs unsealed.

import { sealScope } from './sealed-scope.ts'

sealScope(self)
