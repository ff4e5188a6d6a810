import { Check, Clock, Info } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Receipt } from '../../../preload/contract.ts'
import { formatBytes, formatTime } from '../../ui/format.ts'
import styles from './runs.module.css'
import { shortName } from './short-name.ts'

/** What was created, what was removed and how that was checked, what went home, what is owed, what no receipt can prove. */
export function ReceiptTable({ receipt }: { receipt: Receipt }) {
  const { t, i18n } = useTranslation('runs')
  const removed = receipt.items.filter((item) => item.removedAt !== null).length
  const time = (iso: string | null) => (iso ? formatTime(iso, i18n.language) : '')
  return (
    <section className={styles.receipt} aria-label={t('receipt.title')}>
      <header>
        <b className="strong">{t('receipt.title')}</b>
        <span className="faint small">{t(receipt.complete ? 'receipt.complete' : 'receipt.open')}</span>
        <span className="grow" />
        <span className="soft small">{t('receipt.count', { created: receipt.items.length, removed, owed: receipt.owed.length })}</span>
      </header>
      <div className={styles.tableBox}>
        <table aria-label={t('receipt.title')}>
          <thead>
            <tr>
              {(['what', 'name', 'created', 'removed', 'check'] as const).map((column) => (
                <th key={column} scope="col">
                  {t(`receipt.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {receipt.items.map((item) => (
              <tr key={`${item.kind} ${item.name}`} data-owed={item.removedAt === null || undefined}>
                <td>{t(`kind.${item.kind}`)}</td>
                <td className="mono" title={item.name}>
                  {shortName(item.name, 30)}
                </td>
                <td>{time(item.createdAt)}</td>
                <td>{time(item.removedAt)}</td>
                <td>
                  <span className={styles.how}>
                    {item.removedAt ? <Check className="icon" size={14} aria-hidden /> : <Clock className="icon" size={14} aria-hidden />}
                    {item.check ? <span lang="en">{item.check}</span> : t('receipt.notYet')}
                  </span>
                </td>
              </tr>
            ))}
            {receipt.published.map((file) => (
              <tr key={file.path}>
                <td>{t('receipt.published')}</td>
                <td className="mono" title={file.path}>
                  {shortName(file.path, 30)}
                </td>
                <td>{formatBytes(file.size, i18n.language)}</td>
                <td>{t('receipt.stays')}</td>
                <td>
                  <span className={styles.how} title={`MD5 ${file.md5}`}>
                    <Check className="icon" size={14} aria-hidden />
                    <span lang="en">{file.check}</span>
                  </span>
                </td>
              </tr>
            ))}
            {receipt.items.length + receipt.published.length === 0 && (
              <tr>
                <td colSpan={5}>{t('receipt.nothing')}</td>
              </tr>
            )}
          </tbody>
        </table>
      </div>
      {receipt.owed.length > 0 && (
        <p className={styles.foot}>
          <Clock className="icon" size={14} aria-hidden />
          <span>{`${t('receipt.owed')} ${receipt.owed.join(', ')}`}</span>
        </p>
      )}
      <p className={styles.foot}>
        <Info className="icon" size={14} aria-hidden />
        <span>
          {`${t('receipt.cannotProve')} `}
          <span lang="en">{receipt.cannotProve.join(' ')}</span>
        </span>
      </p>
      <p className={styles.foot}>
        <span className="faint">{t('receipt.by', { by: receipt.by, engine: receipt.engine })}</span>
        <span className="grow" />
        <span className="faint mono" title={receipt.chain}>
          {t('receipt.chain', { chain: receipt.chain.slice(0, 16) })}
        </span>
      </p>
    </section>
  )
}
