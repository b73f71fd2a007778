// Times the command line's phases on onnxruntime-node, over the built-in pack.

import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../..')

/** Prints milliseconds per phase for each sampler, one process each. */
export async function benchNode(): Promise<void> {
  for (const [sampler, steps] of [
    ['ddim', 20],
    ['plms', 20],
    ['dpm', 10],
  ] as const) {
    const out = join(tmpdir(), 'kindred-bench.png')
    const prompt = ['--prompt', 'a red house by the sea', '--style', firstStyle()]
    const args = ['tsx', 'tools/generate.ts', ...prompt, '--out', out, '--sampler', sampler, '--steps', String(steps)]
    const text = execFileSync('npx', args, { cwd: ROOT, encoding: 'utf8' })
    const { milliseconds } = JSON.parse(text.trim().split('\n').at(-1) ?? '') as {
      milliseconds: Record<string, number>
    }
    const phases = Object.entries(milliseconds).map(([name, value]) => `${name} ${value.toFixed(1)} ms`)
    console.log(`${sampler}, ${steps} steps: ${phases.join(', ')}`)
  }
}

function firstStyle(): string {
  const text = execFileSync('npx', ['tsx', 'tools/generate.ts', '--list'], { cwd: ROOT, encoding: 'utf8' })
  const [first] = JSON.parse(text) as { id: string }[]
  if (first === undefined) throw new Error('the built-in pack has no styles')
  return first.id
}
