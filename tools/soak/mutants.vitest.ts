// How vitest runs while `npm run soak -- mutants` changes files: the tests of parsers and storage alone.

import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'
import base from '../../vitest.config.ts'
import { findTheirTests } from '../parsers-and-storage.ts'

const include = [...findTheirTests(resolve(import.meta.dirname, '../..'))]

export default defineConfig({ ...base, test: { ...base.test, include } })
