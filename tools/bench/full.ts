// The authors' full-size model on seeded weights: conversion's memory, loading, one forward, and the error against PyTorch.

import { spawn } from 'node:child_process'
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AutoencoderConfig, UnetConfig } from '../../src/core/pack/manifest.ts'
import { RDM_AUTOENCODER, RDM_UNET } from '../rdm-config.ts'

/** What both stages are told, as JSON. */
export interface FullJob {
  readonly unet: UnetConfig
  readonly autoencoder: AutoencoderConfig
  /** Where the pack is written. */
  readonly folder: string
  /** PyTorch's numbers: full-size.json of training/reference.py. */
  readonly reference: string
}

const REFERENCE = join(import.meta.dirname, '../../tests/fixtures/reference/full-size.json')
const STAGE = join(import.meta.dirname, 'full-stage.ts')
const NEEDED_BYTES = 7e9

/** Prints one line per figure. Needs 7 GB in the temporary folder, which are freed, and about 8 GB of memory. */
export async function benchFull(): Promise<void> {
  await benchModel(RDM_UNET, RDM_AUTOENCODER, REFERENCE, NEEDED_BYTES)
}

/**
 * The same for any configuration: writes a float32 pack of seeded weights from a checkpoint that is nowhere on disk, then
 * runs it. Each stage is a process of its own, so that its peak memory is its own too.
 */
export async function benchModel(
  unet: UnetConfig,
  autoencoder: AutoencoderConfig,
  reference: string,
  neededBytes: number,
): Promise<void> {
  const { bavail, bsize } = await statfs(tmpdir())
  if (bavail * bsize < neededBytes) {
    throw new Error(
      `${tmpdir()} has ${(bavail * bsize) / 1e9} GB free, and this needs ${neededBytes / 1e9}; set TMPDIR`,
    )
  }
  const folder = await mkdtemp(join(tmpdir(), 'kindred-full-'))
  try {
    const job: FullJob = { unet, autoencoder, folder: join(folder, 'pack'), reference }
    const file = join(folder, 'job.json')
    await writeFile(file, JSON.stringify(job))
    for (const stage of ['convert', 'unet', 'decoder']) await runStage(stage, file)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function runStage(stage: string, jobFile: string): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', STAGE, stage, jobFile], { stdio: 'inherit' })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
  if (code !== 0) throw new Error(`bench full: ${stage} ended with ${code ?? 'a signal'}`)
}
