// What the command lines answer to bad input: one sentence on stderr and exit code 1, and nothing half done.

import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeNpy } from '../../src/core/formats/npy.ts'
import { BUILT_IN_PACK } from '../../tools/pack-folder.ts'
import { checkpointOf } from '../core/formats/checkpoint-writer.ts'
import { microTensors } from '../core/pack/micro-checkpoint.ts'
import { runTool } from './run-tool.ts'

const SLOW_MS = 120_000

let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kindred-tools-'))
  writeFileSync(given('micro.ckpt'), await checkpointOf(microTensors()))
  writeFileSync(
    join(folder, 'square.npy'),
    writeNpy({ dtype: 'f4', dims: [1, 3, 5], data: new Float32Array(15).fill(1) }),
  )
  for (const part of ['pack.json', 'clip', 'databases/woodblock.zip']) {
    cpSync(join(BUILT_IN_PACK, part), given(`altered/${part}`), { recursive: true })
  }
  const database = readFileSync(given('altered/databases/woodblock.zip'))
  database[1000] = (database[1000] ?? 0) ^ 1
  writeFileSync(given('altered/databases/woodblock.zip'), database)
})

afterAll(() => rmSync(folder, { recursive: true }))

const given = (name: string) => join(folder, name)
const prompted = ['--prompt', 'a red house', '--style', 'woodblock']

describe('a tool that is given what it cannot take says so in a sentence', () => {
  it.each<[what: string, tool: string, args: () => string[], env: Record<string, string>, says: RegExp]>([
    [
      'a context of another shape',
      'generate',
      () => ['--context', given('square.npy'), '--out', given('a.png')],
      {},
      /^context: \[1, 3, 5\] does not fit, the model takes \[1, 3, \d+\]$/,
    ],
    [
      'noise of another shape',
      'generate',
      () => [...prompted, '--noise', given('square.npy'), '--out', given('a.png')],
      {},
      /^noise: \[1, 3, 5\] does not fit, the model takes \[1, 16, 16, 16\]$/,
    ],
    [
      'three sides of a picture',
      'generate',
      () => [...prompted, '--size', '256x256x256', '--out', given('a.png')],
      {},
      /^--size 256x256x256 is not of the form 256x256$/,
    ],
    [
      'an odd size',
      'generate',
      () => [...prompted, '--size', '100x128', '--out', given('a.png')],
      {},
      /^width: 100 is not a multiple of 128 pixels$/,
    ],
    [
      'a size that no memory holds',
      'generate',
      () => [...prompted, '--size', '65536x65536', '--out', given('a.png')],
      {},
      /^--size 65536x65536 needs [\d.]+ GB of memory at least, and [\d.]+ GB are free$/,
    ],
    [
      'a picture format that is not written',
      'generate',
      () => [...prompted, '--out', given('c.jpg')],
      {},
      /^--out .*c\.jpg does not end in \.png, and only PNG is written$/,
    ],
    [
      'an empty prompt',
      'generate',
      () => ['--prompt', ' ', '--out', given('a.png')],
      {},
      /^--prompt is empty: write .+$/,
    ],
    [
      'a pack that is not there',
      'generate',
      () => [...prompted, '--pack', given('nowhere'), '--out', given('a.png')],
      {},
      /^pack: pack\.json is missing in .*nowhere\. The pack is incomplete or altered: copy it again, or .+$/,
    ],
    [
      'a pack with an altered file',
      'generate',
      () => [...prompted, '--pack', given('altered'), '--out', given('a.png')],
      {},
      /^pack: databases\/woodblock\.zip: SHA-256 is \w{64}, not \w{64}\. The pack is incomplete or altered: copy it again, or .+$/,
    ],
    [
      'a checkpoint that is not there',
      'convert',
      () => [given('nowhere.ckpt'), given('pack')],
      {},
      /^.*nowhere\.ckpt: no such file or folder; check how the path is written$/,
    ],
    [
      'a configuration that is none',
      'convert',
      () => [given('micro.ckpt'), given('pack'), '--config', 'README.md'],
      {},
      /^--config README\.md is neither YAML nor JSON: .+$/,
    ],
    [
      'a browser that is not there',
      'setup-browser',
      () => [],
      { CHROMIUM_PATH: '/nope' },
      /^CHROMIUM_PATH names \/nope/,
    ],
    ['a port that is none', 'serve', () => [], { PORT: 'abc' }, /^PORT=abc is not a port: .+$/],
  ])(
    '%s',
    async (_, tool, args, env, says) => {
      const { code, out, errors } = await runTool(tool, args(), env)
      expect(errors.trim()).toMatch(says)
      expect(errors.trim().split('\n')).toHaveLength(1)
      expect(out).toBe('')
      expect(code).toBe(1)
      expect(['a.png', 'c.jpg', 'pack'].filter((name) => existsSync(given(name)))).toEqual([])
    },
    SLOW_MS,
  )
})

it.each(['generate', 'convert', 'database', 'contact-sheet', 'eval'])(
  '%s --help says how it is called, which is no mistake',
  async (tool) => {
    const { code, out, errors } = await runTool(tool, ['--help'])
    expect(out).toMatch(/^usage: npm run [a-z]+ -- /)
    expect(errors).toBe('')
    expect(code).toBe(0)
  },
  SLOW_MS,
)

describe('a conversion', () => {
  it(
    'that is not told how wide attention heads are says what it assumed',
    async () => {
      const { code, errors } = await runTool('convert', [given('micro.ckpt'), given('assumed'), '--dtype', 'fp32'])
      expect(errors.trim()).toMatch(/^32 channels to an attention head were assumed: .+$/)
      expect(code).toBe(0)
    },
    SLOW_MS,
  )

  it(
    'that is told has nothing to say',
    async () => {
      const config = given('config.json')
      writeFileSync(config, JSON.stringify({ params: { unet_config: { params: { num_heads: 1 } } } }))
      const { code, errors } = await runTool('convert', [
        given('micro.ckpt'),
        given('told'),
        '--config',
        config,
        '--dtype',
        'fp32',
      ])
      expect(errors).toBe('')
      expect(code).toBe(0)
    },
    SLOW_MS,
  )
})
