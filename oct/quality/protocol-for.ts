/** Which protocol of the profile a scan is meant to be. */
import type { Scan } from '../scan.ts'
import type { Profile, Protocol } from './profile.ts'

/** The first protocol with the scan's pattern, device and eye; null where none fits. Sizes do not choose: a wrong size is a fault, not another protocol. */
export function protocolFor(profile: Profile, scan: Scan): Protocol | null {
  const { pattern, laterality, device } = scan
  return (
    profile.protocols.find(
      (each) =>
        (each.patterns as string[]).includes(pattern) &&
        (laterality === 'unknown' || each.eyes.includes(laterality)) &&
        (each.device === undefined || device.startsWith(each.device)),
    ) ?? null
  )
}
