// Takes what other programs handed to the app out of its inbox: recipes go to the fields, everything else is dropped on the page.

import type { StoreApi } from 'zustand/vanilla'
import type { Recipe } from '../core/diffusion/recipe.ts'
import type { Inbox, InboxFile } from '../platform/inbox.ts'
import type { LibraryActions, LibraryAppState } from './library-state.ts'

export interface InboxParts {
  readonly inbox: Pick<Inbox, 'list' | 'remove'>
  /** One at a time over all tabs: two would take the same files. */
  readonly alone: (task: () => Promise<void>) => Promise<void>
  /** Null where a file carries none. */
  readonly readRecipe: (file: Blob) => Promise<Recipe | null>
  readonly takeRecipe: (recipe: Recipe) => void
  readonly library: {
    readonly store: Pick<StoreApi<LibraryAppState>, 'getState'>
    readonly actions: Pick<LibraryActions, 'pick'>
  }
  /** How many files wait for the library to open. */
  readonly onWaiting: (count: number) => void
}

/** @returns what empties the inbox, as far as the library is open: to be called again once it is */
export function createInboxEmptier(parts: InboxParts): () => Promise<void> {
  const { inbox, library } = parts

  async function empty(): Promise<void> {
    const others: InboxFile[] = []
    for (const item of await inbox.list()) {
      const recipe = await parts.readRecipe(item.file)
      if (recipe === null) others.push(item)
      else {
        parts.takeRecipe(recipe)
        await inbox.remove([item.id])
      }
    }
    const isOpen = library.store.getState().status === 'ready'
    parts.onWaiting(isOpen ? 0 : others.length)
    if (!isOpen || others.length === 0) return
    library.actions.pick(
      // A sender's name is no path: the library would take its slashes for folders.
      others.map(({ file, name }) => new File([file], name.replace(/[/\\]/g, '_'), { type: file.type })),
      null,
    )
    await inbox.remove(others.map(({ id }) => id))
  }

  return () => parts.alone(empty)
}
