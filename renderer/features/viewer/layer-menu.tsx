import { ChevronDown } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { CheckField } from '../../ui/field.tsx'
import { Keys } from '../../ui/keys.tsx'
import { isShown, type LayerChoice, withLayer } from './layer-choice.ts'
import type { LayerToken } from './layer-colours.ts'
import styles from './popover.module.css'
import { Popover } from './popover.tsx'

interface LayerMenuProps {
  names: readonly string[]
  colours: ReadonlyMap<string, LayerToken>
  choice: LayerChoice
  onChoice: (choice: LayerChoice) => void
}

/** Each layer of the file with its number, colour and name, to switch on and off. */
export function LayerMenu({ names, colours, choice, onChoice }: LayerMenuProps) {
  const { t } = useTranslation('viewer')
  return (
    <Popover label={t('layer.choose')} icon={ChevronDown} changed={choice.on && choice.hidden.size > 0}>
      {names.length === 0 ? (
        <p className="soft small">{t('layer.none')}</p>
      ) : (
        <ul className={styles.layers}>
          {names.map((name, i) => (
            <li key={name} style={{ '--swatch': `var(${colours.get(name)})` } as React.CSSProperties}>
              <CheckField checked={isShown(choice, name)} onChange={() => onChoice(withLayer(choice, name, names))}>
                <span className={styles.layer}>
                  <i />
                  {name}
                </span>
              </CheckField>
              {i < 9 && <Keys keys={[String(i + 1)]} />}
            </li>
          ))}
        </ul>
      )}
      {names.length > 0 && <p className="faint small">{t('layer.keys')}</p>}
    </Popover>
  )
}
