// How the installed app was opened: with files, or by a shortcut to a part of the page.

interface LaunchQueue {
  setConsumer(consumer: (launch: { readonly files: readonly FileSystemFileHandle[] }) => void): void
}

/** Calls back with the files of each launch, the one that opened this page included; never where browsers know no launches. */
export function listenForLaunches(onFiles: (files: readonly File[]) => Promise<void>): void {
  const { launchQueue } = globalThis as { readonly launchQueue?: LaunchQueue }
  launchQueue?.setConsumer(({ files }) => {
    if (files.length === 0) return
    Promise.all(files.map((handle) => handle.getFile()))
      .then(onFiles)
      .catch((error: unknown) => console.warn(`a file could not be opened: ${error}`))
  })
}

/** Goes to what `?open=` asks for, as the manifest's shortcuts do; nowhere where it asks for nothing that is there. */
export function goToAskedPart(search: string): void {
  const part = new URLSearchParams(search).get('open')
  if (part === 'prompt') document.querySelector<HTMLElement>('.prompt-field :is(textarea, input)')?.focus()
  if (part === 'gallery') document.getElementById('gallery-label')?.scrollIntoView()
}
