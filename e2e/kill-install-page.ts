// What an empty page does with packs while its browser is killed; served to it as the app's modules are.

import { createJobClient } from '../src/protocol/client.ts'
import type { InstallJobs } from '../src/protocol/install-jobs.ts'

const client = createJobClient<InstallJobs>({
  createWorker: () => new Worker('/workers/install.worker.ts', { type: 'module' }),
})

/** @param tell is given how many bytes are verified, each time that there are more */
export function runJob<Name extends keyof InstallJobs>(
  name: Name,
  input: InstallJobs[Name]['input'],
  tell: (verifiedBytes: number) => void,
): Promise<InstallJobs[Name]['output']> {
  const onEvent = (event: InstallJobs[keyof InstallJobs]['event']) => {
    if (event.kind === 'progress') tell(event.verifiedBytes)
  }
  return client.run(name, input, { onEvent })
}

/** Names of the files in the packs' folder. */
export async function listFolder(): Promise<readonly string[]> {
  const root = await navigator.storage.getDirectory()
  const folder = await root.getDirectoryHandle('packs', { create: true })
  const names: string[] = []
  for await (const name of folder.keys()) names.push(name)
  return names
}
