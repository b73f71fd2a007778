// The bodies of the install worker's jobs: packs come onto the disk, are checked, listed and removed.

import { displayName } from '../src/core/library/display-name.ts'
import { beginInstall, discard, finishInstall, type PendingInstall } from '../src/core/pack/install.ts'
import { nameOf } from '../src/core/pack/install-names.ts'
import { findLack, type Lack, type Machine } from '../src/core/pack/install-needs.ts'
import type { PackSource } from '../src/core/pack/install-source.ts'
import { checkPack, listPacks, type PackDisk, type StoredPack, sweepPacks } from '../src/core/pack/installed-packs.ts'
import type { PackLocks } from '../src/platform/pack-locks.ts'
import type { ZipSource } from '../src/platform/pack-zip.ts'
import { JobError } from '../src/protocol/errors.ts'
import type { JobHandlers } from '../src/protocol/host.ts'
import type { InstallEvent, InstallJobs, ModelOrigin, ModelSource, StoredModel } from '../src/protocol/install-jobs.ts'
import type { FileEntry } from '../src/protocol/library-jobs.ts'

/** A source that also has the pack's own pack.json. */
type WholeSource = PackSource & { readManifest(): Promise<Uint8Array> }

export interface InstallParts extends PackDisk {
  readonly locks: PackLocks
  describeMachine(): Promise<Machine>
  /** The pack's folder; throws JobError('invalid-input') where the address is none to install from. */
  readUrl(text: string): string
  /** Both throw, and reject, with the signal's reason once it is aborted. */
  download(url: string, signal: AbortSignal): WholeSource
  folder(files: readonly FileEntry[], signal: AbortSignal): WholeSource & { readonly name: string }
  zip(file: Blob, signal: AbortSignal): Promise<ZipSource>
}

interface OpenedSource {
  readonly manifestBytes: Uint8Array
  readonly files: PackSource
  readonly origin: ModelOrigin
}

type Progress = Extract<InstallEvent, { kind: 'progress' }>

/** A job hears a cancel only where it yields. */
const YIELD_EVERY_MS = 100

export function createInstallJobs(parts: InstallParts): JobHandlers<InstallJobs> {
  const { disk, locks, sha256, parser } = parts

  async function listModels(): Promise<readonly StoredModel[]> {
    return locks.alone(async () => {
      const busy = await locks.busy()
      await sweepPacks(parts, busy)
      return (await listPacks(parts)).map((pack) => summarise(pack, busy))
    })
  }

  /** The room is taken while nobody sweeps; the pack's own lock lasts to the end. */
  async function install(source: ModelSource, tell: (event: InstallEvent) => void, signal: AbortSignal) {
    if (source.kind !== 'zip') return installFrom(await openSource(source, signal), tell, signal)
    const files = await parts.zip(source.file, signal)
    try {
      const origin = { kind: 'folder', name: source.name } as const
      return await installFrom({ manifestBytes: await files.readManifest(), files, origin }, tell, signal)
    } finally {
      await files.close()
    }
  }

  async function installFrom(
    { manifestBytes, files, origin }: OpenedSource,
    tell: (event: InstallEvent) => void,
    signal: AbortSignal,
  ) {
    const manifest = await parser.parseManifest(manifestBytes)
    const lack = findLack(manifest, await parts.describeMachine())
    if (lack !== null) throw unsuitable(lack)
    const id = await sha256(manifestBytes)
    await locks.hold(id, signal, async () => {
      const begin = () => beginInstall(parts, manifestBytes, JSON.stringify(origin))
      const pending = await locks.alone(begin)
      if (pending !== null) await finish(pending, files, origin, tell, signal)
    })
    return { id }
  }

  async function finish(
    pending: PendingInstall,
    files: PackSource,
    origin: ModelOrigin,
    tell: (event: InstallEvent) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { id, manifest, plan } = pending
    const { byteLength } = plan
    const pack: StoredPack = { id, state: 'unfinished', manifest, byteLength, verifiedBytes: 0, from: '' }
    tell({ kind: 'model', model: { ...summarise(pack, new Set()), origin } })
    const wait = (milliseconds: number) => waitFor(milliseconds, signal)
    await finishInstall({ disk, sha256, wait }, pending, files, (verifiedBytes, trouble) =>
      tell({ kind: 'progress', verifiedBytes, byteLength, trouble }),
    )
  }

  async function openSource(source: Exclude<ModelSource, { kind: 'zip' }>, signal: AbortSignal): Promise<OpenedSource> {
    if (source.kind === 'url') {
      const url = parts.readUrl(source.url)
      const files = parts.download(url, signal)
      return { manifestBytes: await files.readManifest(), files, origin: { kind: 'url', url } }
    }
    if (source.kind === 'folder') {
      const files = parts.folder(source.files, signal)
      return { manifestBytes: await files.readManifest(), files, origin: { kind: 'folder', name: files.name } }
    }
    const pack = (await listPacks(parts)).find(({ id, state }) => id === source.id && state === 'unfinished')
    const origin = readOrigin(pack?.from ?? '')
    if (pack === undefined || origin.kind !== 'url') {
      throw new JobError('invalid-input', 'nobody knows any more where that pack came from', source.id)
    }
    const stored = await disk.read(nameOf(pack.id, 'part'))
    const files = parts.download(parts.readUrl(origin.url), signal)
    return { manifestBytes: new Uint8Array(await stored.arrayBuffer()), files, origin }
  }

  return {
    // biome-ignore lint/correctness/useYield: a job with nothing to tell before its end
    async *'list-models'() {
      return { models: await listModels() }
    },

    'install-model': (source) => follow<InstallEvent, { id: string }>((tell, signal) => install(source, tell, signal)),

    'check-model': ({ id }) =>
      follow<Progress, { isWhole: boolean }>((tell, signal) =>
        locks.hold(id, signal, async () => {
          const wrong = await checkPack(parts, id, (verifiedBytes, byteLength) => {
            signal.throwIfAborted()
            tell({ kind: 'progress', verifiedBytes, byteLength, trouble: null })
          })
          return { isWhole: wrong === 0 }
        }),
      ),

    async *'remove-model'({ id }) {
      await locks.hold(id, new AbortController().signal, () => discard(disk, id))
      return null
    },
  }
}

/**
 * Runs `task` and yields what it tells, the latest only of each kind, again where there is nothing new: so a cancel is heard,
 * and aborts the signal. The task has ended when the job has.
 */
async function* follow<Event extends { readonly kind: string }, Result>(
  task: (tell: (event: Event) => void, signal: AbortSignal) => Promise<Result>,
): AsyncGenerator<Event, Result, void> {
  const controller = new AbortController()
  const untold: Event[] = []
  let settled = false
  const tell = (event: Event) => {
    if (untold.at(-1)?.kind === event.kind) untold.pop()
    untold.push(event)
  }
  const result = task(tell, controller.signal)
  const end = () => {
    settled = true
  }
  const ended = result.then(end, end)
  let last: Event | undefined
  try {
    while (!settled) {
      last = untold.shift() ?? last
      if (last !== undefined) yield last
      await Promise.race([ended, waitFor(YIELD_EVERY_MS, controller.signal)])
    }
    // A task can be over within one wait: what it told is told all the same.
    yield* untold
    return await result
  } finally {
    controller.abort(new JobError('cancelled', 'cancelled'))
    await ended
  }
}

function waitFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', cancel)
      resolve()
    }, milliseconds)
    if (signal.aborted) cancel()
    else signal.addEventListener('abort', cancel, { once: true })
  })
}

function summarise({ id, state, manifest, byteLength, verifiedBytes, from }: StoredPack, busy: ReadonlySet<string>) {
  return {
    id,
    name: displayName(manifest.name) || displayName(manifest.id),
    description: displayName(manifest.description),
    clipId: manifest.clip?.id ?? null,
    state: busy.has(id) ? 'busy' : state,
    byteLength,
    verifiedBytes,
    origin: readOrigin(from),
  } satisfies StoredModel
}

/** Reads what `install` wrote; 'unknown' where that was lost. */
function readOrigin(text: string): ModelOrigin {
  try {
    const { kind, url, name } = JSON.parse(text) as Record<string, unknown>
    if (kind === 'url' && typeof url === 'string') return { kind, url }
    if (kind === 'folder' && typeof name === 'string') return { kind, name: displayName(name) }
  } catch {
    // Torn by a crash: the pack is known by its hash all the same.
  }
  return { kind: 'unknown' }
}

function unsuitable(lack: Lack): JobError {
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`
  if (lack.what === 'half-floats') {
    return new JobError('pack-unsuitable', 'the graphics processor has no 16-bit floats', lack.what)
  }
  const what = { memory: 'memory', 'wasm-memory': 'memory without a GPU', 'gpu-buffer': 'one GPU buffer' }[lack.what]
  return new JobError(
    'pack-unsuitable',
    `the pack needs ${gigabytes(lack.needed)} of ${what}, and there are ${gigabytes(lack.has)}`,
    lack.what,
  )
}
