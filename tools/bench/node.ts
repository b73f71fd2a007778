// Times the command line's phases on onnxruntime-node, over the built-in pack.

import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Milliseconds } from '../../src/core/diffusion/generate.ts'
import type { SamplerName } from '../../src/core/diffusion/recipe.ts'

const ROOT = resolve(import.meta.dirname, '../..')

/** What `npm run generate` says of the picture it made. */
export interface GenerateSummary {
  readonly milliseconds: Milliseconds
  /** Of the whole process. */
  readonly peakMemoryBytes: number
}

/** Prints milliseconds per phase for each sampler, one process each. */
export async function benchNode(): Promise<void> {
  for (const [sampler, steps] of [
    ['ddim', 20],
    ['plms', 20],
    ['dpm', 10],
  ] as const) {
    const { milliseconds, peakMemoryBytes } = runGenerate(sampler, steps)
    const phases = Object.entries(milliseconds).map(([name, value]) => `${name} ${value.toFixed(1)} ms`)
    console.log(
      `${sampler}, ${steps} steps: ${phases.join(', ')}; peak memory ${(peakMemoryBytes / 1e6).toFixed(0)} MB`,
    )
  }
}

/** Makes one picture in a process of its own, in the built-in pack's first style. */
export function runGenerate(sampler: SamplerName, steps: number): GenerateSummary {
  const out = join(tmpdir(), 'kindred-bench.png')
  const prompt = ['--prompt', 'a red house by the sea', '--style', firstStyle()]
  const text = runTool([...prompt, '--out', out, '--sampler', sampler, '--steps', String(steps)])
  return JSON.parse(text.trim().split('\n').at(-1) ?? '') as GenerateSummary
}

function firstStyle(): string {
  const [first] = JSON.parse(runTool(['--list'])) as { id: string }[]
  if (first === undefined) throw new Error('the built-in pack has no styles')
  return first.id
}

function runTool(args: readonly string[]): string {
  const command = ['--import', 'tsx', 'tools/generate.ts', ...args]
  return execFileSync(process.execPath, command, { cwd: ROOT, encoding: 'utf8' })
}
