import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { OpenScan } from '../../../../preload/contract.ts'
import { areaOf, type EtdrsGrid, type Place, sectorName } from './etdrs.ts'
import styles from './figures.module.css'
import { Wheel, type WheelField } from './wheel.tsx'

type DeviceGrid = OpenScan['scan']['grids'][number]

interface EtdrsFiguresProps {
  scan: OpenScan['scan']
  grid: EtdrsGrid
  device: DeviceGrid | null
  /** Only the whole retina may stand beside the device's numbers. */
  retina: boolean
  /** The grid does not lie where the device had its own. */
  moved: boolean
}

const start: Record<Place, number> = { right: -45, inferior: 45, left: 135, superior: -135 }
/** Parts of the wheel's radius: wider inside than on the eye, so that the numbers can be read. */
const edges = [0, 0.3, 0.65, 1] as const

/** The nine means as a wheel; beside them, where the file has it, what the device had computed. */
export const EtdrsFigures = memo(function EtdrsFigures({ scan, grid, device, retina, moved }: EtdrsFiguresProps) {
  const { t, i18n } = useTranslation('viewer')
  const percent = (part: number) => new Intl.NumberFormat(i18n.language, { style: 'percent' }).format(Math.floor(part * 100) / 100)
  const cubic = new Intl.NumberFormat(i18n.language, { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  const rows = grid.sectors.map((sector) => {
    const name = sectorName(sector, scan.laterality)
    const value = sector.mean === null ? '–' : String(Math.round(sector.mean))
    const said =
      sector.mean === null
        ? t('detail.grid.tooLittle', { name, part: percent(sector.measured) })
        : sector.measured < 0.995
          ? t('detail.grid.partly', { name, value, part: percent(sector.measured) })
          : t('detail.grid.sector', { name, value })
    return { sector, name, value, said }
  })
  const fields = rows.map(({ sector, name, value, said }): WheelField => {
    const from = (start[sector.place] / 180) * Math.PI
    return { name, value, title: said, from, to: from + Math.PI / 2, inner: edges[sector.ring], outer: edges[(sector.ring + 1) as 1 | 2 | 3] }
  })
  const volume = grid.volume === null ? '–' : `${cubic.format(grid.volume)} mm³`
  const partly = rows.filter(({ sector }) => sector.measured < 0.995)
  const beside = retina && device && sameCircles(device) ? device : null
  const zone = (name: string) => beside?.zones.find((one) => one.name === name)
  const deviceVolume = beside ? totalVolume(beside) : null

  const tabled = beside !== null || partly.length > 0

  return (
    <>
      <figure className={styles.round}>
        <Wheel fields={fields} label={[...rows.map(({ said }) => said), t('detail.grid.volume', { value: volume })].join(', ')} />
        <figcaption className="faint small">
          {!tabled && (
            <>
              {t('detail.grid.volume', { value: volume })}
              <br />
            </>
          )}
          {t('detail.notDiagnosis')}
        </figcaption>
      </figure>
      {tabled && (
        <div className={styles.table}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('detail.grid.zone')}</th>
                <th scope="col">{t('detail.grid.ours')}</th>
                {beside && <th scope="col">{t('detail.grid.device')}</th>}
                {partly.length > 0 && <th scope="col">{t('detail.grid.measured')}</th>}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ sector, name, value, said }) => {
                const theirs = zone(name)?.thickness
                return (
                  <tr key={name} title={said}>
                    <th scope="row">{name}</th>
                    <td>{value}</td>
                    {beside && <td>{theirs == null ? '–' : Math.round(theirs)}</td>}
                    {partly.length > 0 && <td>{percent(sector.measured)}</td>}
                  </tr>
                )
              })}
              <tr>
                <th scope="row">mm³</th>
                <td>{grid.volume === null ? '–' : cubic.format(grid.volume)}</td>
                {beside && <td>{deviceVolume === null ? '–' : cubic.format(deviceVolume)}</td>}
                {partly.length > 0 && <td />}
              </tr>
            </tbody>
          </table>
          {beside && moved && <p className="faint small">{t('detail.grid.elsewhere')}</p>}
        </div>
      )}
    </>
  )
})

/** Only circles of 1, 3 and 6 mm can stand beside ours. */
function sameCircles({ diameters }: DeviceGrid): boolean {
  return [1, 3, 6].every((own, i) => Math.abs((diameters[i] ?? 0) - own) < 0.01)
}

function totalVolume({ zones }: DeviceGrid): number | null {
  const named = zones.filter(({ name }) => /^(C0|[NTSI][12])$/.test(name))
  if (named.length !== 9) return null
  let sum = 0
  for (const { name, volume, thickness } of named) {
    const own = volume ?? (thickness === null ? null : (thickness / 1000) * areaOf(Number(name[1]) as 0 | 1 | 2))
    if (own === null) return null
    sum += own
  }
  return sum
}
