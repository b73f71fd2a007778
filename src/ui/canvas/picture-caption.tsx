// The label beside the picture, as in a museum: what it shows, in which style, its recipe, and a way to take it home.

import { useState } from 'react'
import { Button } from 'react-aria-components'
import type { Picture } from '../../state/app-state.ts'
import { ChevronIcon, DownloadIcon } from '../controls/icons.tsx'
import { focusPrompt } from '../prompt/prompt-bar.tsx'
import { RecipeDetails } from '../recipe/recipe-details.tsx'
import { useActions } from '../store-context.ts'
import { strings } from '../strings.ts'
import { scrollToWall } from './scroll-to-wall.ts'

interface PictureCaptionProps {
  readonly picture: Picture
  readonly styleName: string
  /** While something else needs the place; the words still describe the picture to a screen reader. */
  readonly isHidden: boolean
}

export function PictureCaption({ picture, styleName, isHidden }: PictureCaptionProps) {
  const [recipeOpen, setRecipeOpen] = useState(false)
  const { download, useRecipe: takeRecipe } = useActions()
  const caption = (
    <div className="caption-words" id="picture-caption">
      <p className="caption-prompt" title={picture.recipe.prompt}>
        {picture.recipe.prompt}
      </p>
      <p className="caption-style">
        {[styleName, picture.source === 'exhibit' ? strings.canvas.exhibit : ''].filter(Boolean).join('. ')}
      </p>
    </div>
  )
  if (isHidden) return <div className="visually-hidden">{caption}</div>
  return (
    <>
      <div className="caption">
        {caption}
        <div className="caption-actions">
          <Button
            className="quiet-button"
            aria-expanded={recipeOpen}
            aria-controls="picture-recipe"
            onPress={() => setRecipeOpen(!recipeOpen)}
          >
            {strings.recipe.label}
            <ChevronIcon />
          </Button>
          <Button className="quiet-button" onPress={() => download(null)}>
            <DownloadIcon />
            {strings.canvas.download}
          </Button>
        </div>
      </div>
      <div id="picture-recipe" className="caption-recipe" hidden={!recipeOpen}>
        <RecipeDetails recipe={picture.recipe} run={picture.run} />
        <p className="note">{strings.recipe.inPicture}</p>
        <Button
          className="button"
          onPress={() => {
            takeRecipe(picture.recipe)
            scrollToWall()
            focusPrompt()
          }}
        >
          {strings.recipe.use}
        </Button>
      </div>
    </>
  )
}
