// What the built-in model is for, what it learned from and what it cannot do.

import { isOwnStyle } from '../../state/app-state.ts'
import { Fold } from '../controls/fold.tsx'
import { useApp } from '../store-context.ts'
import { strings } from '../strings.ts'

/** @param isOpen whether the built-in model is the one in use: only then are its styles known */
export function ModelCard({ isOpen }: { readonly isOpen: boolean }) {
  const styles = useApp((state) => state.styles)
  const words = strings.modelCard
  const own = styles.filter((style) => !isOwnStyle(style))
  const heldOut = own.filter((style) => style.heldOut)
  return (
    <Fold label={words.label}>
      <dl className="model-card">
        <dt>{words.purposeLabel}</dt>
        <dd>{words.purpose}</dd>
        <dt>{words.sourceLabel}</dt>
        <dd>{words.source}</dd>
        {isOpen && heldOut.length > 0 && (
          <>
            <dt>{words.stylesLabel}</dt>
            <dd>
              {words.styles(
                own.length - heldOut.length,
                heldOut.map(({ name }) => name),
              )}
            </dd>
          </>
        )}
        <dt>{words.limitsLabel}</dt>
        <dd>
          <ul>
            {words.limits.map((limit) => (
              <li key={limit}>{limit}</li>
            ))}
          </ul>
        </dd>
        <dt>{words.measuredLabel}</dt>
        <dd>
          {words.measured}{' '}
          <a href="./eval/index.html" target="_blank" rel="noopener">
            {words.report}
          </a>
        </dd>
      </dl>
    </Fold>
  )
}
