/** What a picture file may claim before anything is allocated for it, and the sentences for what does not hold. */
import { ScansideError } from '../../errors.ts'

/** Pixels along one side. Spectralis exports have at most 1536. */
export const maxSide = 10_000

/** Bytes of a picture once decompressed, all channels: 4096 x 4096 grey, or the largest SLO in four channels. */
export const maxRawBytes = 16 * 1024 * 1024

export interface PictureSize {
  width: number
  height: number
}

/** @throws ScansideError invalid-file where no picture can be of this size, not-supported where it is larger than any device's */
export function checkSide(size: PictureSize, tag: string, offset: number): void {
  if (!(size.width > 0 && size.height > 0)) throw damaged(tag, offset, { width: size.width, height: size.height })
  if (size.width > maxSide || size.height > maxSide) throw tooLarge(size, tag)
}

/** @throws ScansideError not-supported where the decompressed rows would take more than `maxRawBytes` */
export function checkRaw(size: PictureSize, bytesPerRow: number, tag: string): void {
  if (bytesPerRow * size.height > maxRawBytes) throw tooLarge(size, tag)
}

/** The picture's own size against the one the scan's file claims for it. */
export function checkClaim(found: PictureSize, claimed: PictureSize): void {
  if (found.width === claimed.width && found.height === claimed.height) return
  throw new ScansideError('invalid-file', 'A picture is not as large as the scan says. Nothing was changed; export the scan again from the device.', {
    tag: 'Width, Height',
    width: found.width,
    height: found.height,
    claimedWidth: claimed.width,
    claimedHeight: claimed.height,
  })
}

/** A picture file that contradicts itself at `tag`. */
export function damaged(tag: string, offset: number, details: Record<string, number> = {}): ScansideError {
  return new ScansideError('invalid-file', `A picture is damaged (${tag}). Nothing was changed; export the scan again from the device.`, {
    tag,
    offset,
    ...details,
  })
}

/** A picture that `tag` says is kept in a way that is not read. */
export function unsupported(what: string, tag: string, details: Record<string, number> = {}): ScansideError {
  return new ScansideError(
    'not-supported',
    `A picture is kept as ${what} (${tag}), which Scanside cannot read. Nothing was changed; export the scan again with TIF or PNG pictures.`,
    { tag, ...details },
  )
}

function tooLarge(size: PictureSize, tag: string): ScansideError {
  return new ScansideError(
    'not-supported',
    `A picture claims to be larger than any OCT device makes them (${tag}). Nothing was changed; export the scan again from the device.`,
    { tag, width: size.width, height: size.height },
  )
}
