// One picture of the gallery: look at it again, take over its recipe, save it, delete it.

import { memo } from 'react'
import { Button } from 'react-aria-components'
import type { GalleryEntry } from '../../state/app-state.ts'
import { scrollToWall } from '../canvas/scroll-to-wall.ts'
import { Fold } from '../controls/fold.tsx'
import { DeleteIcon, DownloadIcon } from '../controls/icons.tsx'
import { focusPrompt } from '../prompt/prompt-bar.tsx'
import { RecipeDetails } from '../recipe/recipe-details.tsx'
import { useActions, useStyleName } from '../store-context.ts'
import { strings } from '../strings.ts'

interface GalleryItemProps {
  readonly entry: GalleryEntry
  readonly isOnWall: boolean
}

/** Drawn again only where its own props change: a new picture costs one item, however many there are. */
export const GalleryItem = memo(function GalleryItem({ entry, isOnWall }: GalleryItemProps) {
  const { showEntry, useRecipe: takeRecipe, download, deleteEntry } = useActions()
  const styleName = useStyleName(entry.recipe.databaseId)
  const wordsId = `gallery-${entry.id}`
  return (
    <li className="gallery-item" data-on-wall={isOnWall || undefined}>
      <Button
        className="gallery-picture"
        aria-label={strings.gallery.show}
        aria-describedby={wordsId}
        onPress={() => {
          showEntry(entry.id)
          scrollToWall()
        }}
      >
        <img src={entry.url} alt="" loading="lazy" decoding="async" />
      </Button>
      <div id={wordsId} className="gallery-words">
        <p className="gallery-prompt">{entry.recipe.prompt}</p>
        <p className="gallery-style">{[styleName, strings.gallery.made(entry.createdAt)].filter(Boolean).join(', ')}</p>
      </div>
      <div className="gallery-actions">
        <Button
          className="quiet-button"
          aria-describedby={wordsId}
          onPress={() => {
            takeRecipe(entry.recipe)
            scrollToWall()
            focusPrompt()
          }}
        >
          {strings.recipe.use}
        </Button>
        <Button
          className="icon-button"
          aria-label={strings.gallery.download}
          aria-describedby={wordsId}
          onPress={() => download(entry.id)}
        >
          <DownloadIcon />
        </Button>
        <Button
          className="icon-button"
          aria-label={strings.gallery.delete}
          aria-describedby={wordsId}
          onPress={() => deleteEntry(entry.id)}
        >
          <DeleteIcon />
        </Button>
      </div>
      <Fold label={strings.recipe.label}>
        <RecipeDetails recipe={entry.recipe} run={null} />
      </Fold>
    </li>
  )
})
