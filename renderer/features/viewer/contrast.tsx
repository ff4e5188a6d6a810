import { Contrast as HalfMoon, RotateCcw } from 'lucide-react'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { Segmented } from '../../ui/field.tsx'
import styles from './popover.module.css'
import { Popover } from './popover.tsx'
import { luts, plainWindow, type WindowLevel } from './window-level.ts'

interface ContrastProps {
  /** Whose contrast it is: `SLO contrast`. */
  label: string
  level: WindowLevel
  onLevel: (level: WindowLevel) => void
}

/** Window, level, gamma and colours of one image. */
export function Contrast({ label, level, onLevel }: ContrastProps) {
  const { t, i18n } = useTranslation('viewer')
  const number = (value: number, digits: number) => new Intl.NumberFormat(i18n.language, { maximumFractionDigits: digits }).format(value)
  return (
    <Popover label={label} icon={HalfMoon} changed={!isPlain(level)}>
      <Slider
        name={t('contrast.width')}
        said={number(level.width, 0)}
        // To the right is more contrast: the window gets narrower.
        value={518 - level.width}
        min={8}
        max={510}
        step={1}
        onValue={(value) => onLevel({ ...level, width: 518 - value })}
      />
      <Slider
        name={t('contrast.level')}
        said={number(255 - level.centre, 0)}
        value={255 - level.centre}
        min={0}
        max={255}
        step={0.5}
        onValue={(value) => onLevel({ ...level, centre: 255 - value })}
      />
      <Slider
        name={t('contrast.gamma')}
        said={number(level.gamma, 2)}
        value={Math.log2(level.gamma)}
        min={-2}
        max={2}
        step={0.05}
        onValue={(value) => onLevel({ ...level, gamma: 2 ** value })}
      />
      <div className={styles.foot}>
        <Segmented
          label={t('contrast.lut')}
          value={level.lut}
          onChange={(lut) => onLevel({ ...level, lut })}
          choices={luts.map((lut) => ({ value: lut, label: t(`contrast.luts.${lut}`) }))}
        />
      </div>
      <div className={styles.foot}>
        <Button kind="quiet" icon={RotateCcw} disabled={isPlain(level)} onClick={() => onLevel(plainWindow)}>
          {t('contrast.reset')}
        </Button>
      </div>
    </Popover>
  )
}

/** Whether an image is shown as it is stored. */
export function isPlain(level: WindowLevel): boolean {
  return (Object.keys(plainWindow) as (keyof WindowLevel)[]).every((key) => level[key] === plainWindow[key])
}

interface SliderProps {
  name: string
  said: string
  value: number
  min: number
  max: number
  step: number
  onValue: (value: number) => void
}

function Slider({ name, said, value, min, max, step, onValue }: SliderProps) {
  const id = useId()
  return (
    <div className={styles.slider}>
      <label htmlFor={id}>{name}</label>
      <b>{said}</b>
      <input
        autoComplete="off"
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-valuetext={said}
        onChange={(event) => onValue(Number(event.target.value))}
      />
    </div>
  )
}
