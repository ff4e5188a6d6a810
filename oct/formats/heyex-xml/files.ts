/** The pictures that an export names, found among the files of the set. */
import { ScansideError } from '../../errors.ts'
import type { NamedSource, PixelRef } from '../../scan.ts'
import { maxRawBytes, type PictureSize } from '../pictures/bounds.ts'
import { decodePicture, type PictureInfo, pictureInfo } from '../pictures/index.ts'
import { jpgBlockMeans } from '../pictures/jpg-means.ts'
import { badTag } from './refuse.ts'

export interface FoundPicture {
  file: number
  bytes: number
  info: PictureInfo
}

/** Looks a picture up by the address its image names; undefined where it is not in the set. */
export type FindPicture = (url: string) => number | undefined

/** By the last part of the address, whatever its slashes, escapes and case. */
export function pictureFinder(files: readonly NamedSource[]): FindPicture {
  const byName = new Map<string, number>()
  const twice = new Set<string>()
  files.forEach(({ name }, index) => {
    const key = plain(name)
    if (byName.has(key)) twice.add(key)
    else byName.set(key, index)
  })
  return (url) => {
    const last = url.split(/[\\/]/).at(-1) ?? ''
    const key = [plain(last), plain(unescaped(last))].find((each) => byName.has(each))
    if (key === undefined) return undefined
    if (!twice.has(key)) return byName.get(key)
    throw new ScansideError(
      'invalid-file',
      'Two pictures have the name that the XML export asks for (ExamURL). Nothing was changed; choose the folder of one export only.',
      { tag: 'ExamURL' },
    )
  }
}

export type CheckPicture = (file: number, claimed: PictureSize) => Promise<FoundPicture>

/**
 * Kind and size of a picture, against the size its image claims. Each file is looked into once, however many images name it.
 * @throws ScansideError (of what it returns) invalid-file naming the tag where they differ
 */
export function pictureChecker(files: readonly NamedSource[]): CheckPicture {
  const known = new Map<number, PictureInfo>()
  return async (file, claimed) => {
    const { source } = files[file] as NamedSource
    const info = known.get(file) ?? (await pictureInfo(source))
    known.set(file, info)
    if (info.width !== claimed.width || info.height !== claimed.height) {
      throw badTag(info.width === claimed.width ? 'Height' : 'Width', 'and one of its pictures differ in size', {
        width: info.width,
        height: info.height,
        claimedWidth: claimed.width,
        claimedHeight: claimed.height,
      })
    }
    return { file, bytes: source.size, info }
  }
}

/** The whole file as one picture. */
export function refOf(picture: FoundPicture, inverted: boolean): PixelRef {
  return {
    file: picture.file,
    parts: [{ offset: 0, length: picture.bytes }],
    coding: { kind: 'picture', type: picture.info.type, inverted },
  }
}

/**
 * Whether the B-scans were exported black on white. Looks at the first, the middle and the last one, and goes with most of them: most of a
 * B-scan is vitreous and deep choroid, so that more than half of it is dark; inverted, more than half is bright.
 * Of a JPG, whose decoder is the window's, the means of its blocks are looked at; a damaged picture has no vote.
 */
export async function exportedInverted(files: readonly NamedSource[], pictures: readonly FoundPicture[]): Promise<boolean> {
  const chosen = new Set([pictures[0], pictures[pictures.length >> 1], pictures.at(-1)])
  let votes = 0
  for (const picture of chosen) {
    if (picture === undefined || picture.bytes > maxRawBytes) continue
    const { source } = files[picture.file] as NamedSource
    const greys = await greysOf(picture, await source.read(0, picture.bytes))
    if (greys) votes += looksInverted(greys) ? 1 : -1
  }
  return votes > 0
}

const noCodecs = { decode: () => Promise.reject(new ScansideError('not-supported', 'A JPG is not decoded while a scan is read.')) }

/** Null where the picture is damaged: that is told when it is shown; here it has no vote. */
async function greysOf(picture: FoundPicture, bytes: Uint8Array): Promise<ArrayLike<number> | null> {
  if (picture.info.type === 'jpg') return jpgBlockMeans(bytes)
  try {
    return (await decodePicture(picture.info.type, bytes, picture.info, noCodecs)).pixels
  } catch (error) {
    if (error instanceof ScansideError) return null
    throw error
  }
}

/**
 * See `exportedInverted`. Pixels are grey values 0..255. The median of real B-scans is 20 to 35, of inverted ones 220 to 235, however dark or cut
 * off they are; the middle is left to "not inverted", so that noise over all greys (a dummy picture) says nothing.
 */
export function looksInverted(pixels: ArrayLike<number>): boolean {
  const counts = new Uint32Array(256)
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i] as number
    counts[value] = (counts[value] as number) + 1
  }
  let bright = 0
  for (let value = 160; value < 256; value++) bright += counts[value] as number
  return bright * 2 > pixels.length
}

function plain(name: string): string {
  return name.normalize('NFC').toLowerCase()
}

function unescaped(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
