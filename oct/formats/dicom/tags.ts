/**
 * The attributes the reader looks at, with their value representations (PS3.6): all others are skipped unread, so that no name, identifier or
 * birth date comes into memory as such. UIDs serve to bring the files of a set together and leave with the reader.
 */
export const tag = {
  mediaClass: 0x00020002,
  transferSyntax: 0x00020010,
  sopClass: 0x00080016,
  sopInstance: 0x00080018,
  acquired: 0x0008002a,
  manufacturer: 0x00080070,
  meaning: 0x00080104,
  zone: 0x00080201,
  model: 0x00081090,
  referencedImages: 0x00081140,
  referencedInstance: 0x00081155,
  betweenSlices: 0x00180088,
  series: 0x0020000e,
  number: 0x00200013,
  position: 0x00200032,
  orientation: 0x00200037,
  laterality: 0x00200060,
  imageLaterality: 0x00200062,
  stackPosition: 0x00209057,
  frameAnatomy: 0x00209071,
  frameLaterality: 0x00209072,
  frameContent: 0x00209111,
  planePosition: 0x00209113,
  planeOrientation: 0x00209116,
  lensPower: 0x00220007,
  field: 0x0022000c,
  refraction: 0x0022001b,
  axialLength: 0x00220030,
  frameLocation: 0x00220031,
  coordinates: 0x00220032,
  imageOrientation: 0x00220039,
  imageType: 0x00221615,
  samples: 0x00280002,
  photometric: 0x00280004,
  frames: 0x00280008,
  rows: 0x00280010,
  columns: 0x00280011,
  spacing: 0x00280030,
  allocated: 0x00280100,
  stored: 0x00280101,
  highBit: 0x00280102,
  signed: 0x00280103,
  lossy: 0x00282110,
  measures: 0x00289110,
  shared: 0x52009229,
  perFrame: 0x52009230,
  extendedOffsets: 0x7fe00001,
  extendedLengths: 0x7fe00002,
  floatPixels: 0x7fe00008,
  doublePixels: 0x7fe00009,
  pixels: 0x7fe00010,
} as const

const representations: Record<string, readonly (keyof typeof tag)[]> = {
  SQ: [
    'referencedImages',
    'frameAnatomy',
    'frameContent',
    'planePosition',
    'planeOrientation',
    'refraction',
    'frameLocation',
    'imageType',
    'measures',
    'shared',
    'perFrame',
  ],
  US: ['samples', 'rows', 'columns', 'allocated', 'stored', 'highBit', 'signed'],
  UL: ['stackPosition'],
  FL: ['lensPower', 'field', 'axialLength', 'coordinates'],
  DS: ['betweenSlices', 'position', 'orientation', 'spacing'],
  IS: ['number', 'frames'],
  OV: ['extendedOffsets', 'extendedLengths'],
  DT: ['acquired'],
  UI: ['mediaClass', 'transferSyntax', 'sopClass', 'sopInstance', 'referencedInstance', 'series'],
  LO: ['manufacturer', 'meaning', 'model'],
  SH: ['zone'],
  CS: ['laterality', 'imageLaterality', 'frameLaterality', 'imageOrientation', 'photometric', 'lossy'],
}

/** The value representation of every attribute that is read; what is not in it is skipped. */
export const wanted: ReadonlyMap<number, string> = new Map(
  Object.entries(representations).flatMap(([vr, names]) => names.map((name) => [tag[name], vr] as const)),
)

/** `(0028,0010)` */
export function tagName(number: number): string {
  const hex = (number >>> 0).toString(16).padStart(8, '0').toUpperCase()
  return `(${hex.slice(0, 4)},${hex.slice(4)})`
}
