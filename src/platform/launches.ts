// How the installed app was opened: with files, or by a shortcut to a part of the page.

interface LaunchQueue {
  setConsumer(consumer: (launch: { readonly files: readonly FileSystemFileHandle[] }) => void): void
}

/** The parts of the page that a shortcut leads to. */
export type Part = 'prompt' | 'gallery'

/**
 * Calls back with the files of each launch, the one that opened this page included; never where browsers know no launches.
 *
 * @param onRefused called where one of the files could not be read, or `onFiles` rejects; the others are taken all the same
 */
export function listenForLaunches(onFiles: (files: readonly File[]) => Promise<void>, onRefused: () => void): void {
  const { launchQueue } = globalThis as { readonly launchQueue?: LaunchQueue }
  launchQueue?.setConsumer(({ files }) => {
    if (files.length > 0) void take(files, onFiles, onRefused)
  })
}

async function take(
  handles: readonly FileSystemFileHandle[],
  onFiles: (files: readonly File[]) => Promise<void>,
  onRefused: () => void,
): Promise<void> {
  const read = await Promise.allSettled(handles.map(async (handle) => handle.getFile()))
  const files = read.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const problems: unknown[] = read.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  if (files.length > 0) await onFiles(files).catch((error: unknown) => problems.push(error))
  for (const problem of problems) console.warn(`a file could not be opened: ${problem}`)
  if (problems.length > 0) onRefused()
}

/** What `?open=` asks for, as the manifest's shortcuts do; null where that is nothing that is there. */
export function askedPart(search: string): Part | null {
  const part = new URLSearchParams(search).get('open')
  return part === 'prompt' || part === 'gallery' ? part : null
}

export function goToAskedPart(search: string): void {
  const part = askedPart(search)
  if (part === 'prompt') document.querySelector<HTMLElement>('.prompt-field :is(textarea, input)')?.focus()
  if (part === 'gallery') document.getElementById('gallery-label')?.scrollIntoView()
}
