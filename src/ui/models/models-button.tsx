// The models, one step away: which are on this device, which paints, and where others come from.

import { useEffect } from 'react'
import { Button, DialogTrigger } from 'react-aria-components'
import { type OpenedElsewhere, Sheet } from '../controls/sheet.tsx'
import { strings } from '../strings.ts'
import { InstallForm } from './install-form.tsx'
import { ModelList } from './model-list.tsx'
import { ModelTrouble } from './model-trouble.tsx'
import { ModelWorkView } from './model-work.tsx'
import { useModels, useModelsActions } from './models-context.ts'
import './models.css'

export function ModelsButton(props: OpenedElsewhere) {
  return (
    <DialogTrigger {...props}>
      <Button className="quiet-button">{strings.models.label}</Button>
      <Sheet title={strings.models.label} closeLabel={strings.sheet.close}>
        {() => <Contents />}
      </Sheet>
    </DialogTrigger>
  )
}

function Contents() {
  const isProtected = useModels((state) => state.isProtected)
  const { refresh } = useModelsActions()
  useEffect(() => refresh(), [refresh])
  return (
    <>
      <ModelList />
      <ModelWorkView />
      <ModelTrouble />
      {isProtected === false && <p className="note">{strings.models.notProtected}</p>}
      <InstallForm />
    </>
  )
}
