/**
 * The attributes that say, or in which somebody may have written, whose scan this is: patient, visit, order, staff and site. After the Basic
 * Application Level Confidentiality Profile (PS3.15, table E.1-1), with what an analysis needs kept: UIDs, by which the files of a set refer to each
 * other; dates and times of the examination; maker and model of the device; the patient's sex, age, height and weight. The device's own
 * serial number and UID go, as the profile wants.
 */

/** Groups of which every element goes but those named: the patient, the trial, the order, the visit, the report. */
const groups: ReadonlyMap<number, ReadonlySet<number>> = new Map([
  [0x0010, new Set([0x0040, 0x1010, 0x1020, 0x1030])],
  // That and how a file was pseudonymised before.
  [0x0012, new Set([0x0062, 0x0063, 0x0064])],
  [0x0032, new Set<number>()],
  [0x0038, new Set<number>()],
  [0x4008, new Set<number>()],
])

const elements: readonly [group: number, elements: string][] = [
  // Titles and addresses of those who sent the file; private information.
  [0x0002, '0016 0017 0018 0026 0027 0028 0102'],
  // Accession; institution; physicians, operators; station; descriptions and comments; the patient and visit referred to.
  [0x0008, '0050 0051 0054 0055 0080 0081 0082 0090 0092 0094 0096 009C 009D 1000 1010 1030 103E 1040 1041 1048 1049 1050 1052 1060 1062'],
  [0x0008, '1070 1072 1080 1084 1088 1120 1125 2111 4000'],
  // Owner of the camera, maker's note, serial number of a lens.
  [0x0016, '002B 004B 004D 0051'],
  // Serial numbers, names of protocols, comments.
  [0x0018, '1000 1002 1004 1005 1007 1008 1030 1400 4000 700A 9424 A003'],
  // Study ID; comments on series and pictures; what changed a picture.
  [0x0020, '0010 3401 3406 4000 9158'],
  [0x0028, '4000'],
  // Procedure steps, requests, orders and those who carry them out; specimen; what a report says and who signs it.
  [0x0040, '0001 0006 0007 0009 000B 0010 0011 0012 0241 0242 0243 0253 0254 0275 0280 0310 0512 0513 051A 0551 0562 0600 1001 1002 1004'],
  [0x0040, '1005 1010 1011 1101 1102 1103 1104 1400 2001 2004 2005 2008 2009 2010 2011 2016 2017 2400 3001 4025 4027 4028 4030 4034 4035 4036 4037'],
  [0x0040, 'A027 A073 A075 A078 A07A A07C A088 A123 A160 A307 A352 A353 A354 A358'],
  // A report inside, its title.
  [0x0042, '0010 0011'],
  [0x0050, '001B 0020 0021'],
  [0x0070, '0006 0081 0084 0086'],
  [0x0088, '0904 0906 0910 0912'],
  // Signatures, and what stood in a file before it was changed.
  [0x0400, '0115 0120 0310 0404 0550 0551 0552 0561 0563 0564 0565'],
  [0x2030, '0020'],
  [0x2100, '0070 0140'],
  [0x2200, '0002 0005'],
  [0x300e, '0008'],
  [0x4000, '0010 4000'],
  [0xfffa, 'FFFA'],
  [0xfffc, 'FFFC'],
]

const listed: ReadonlySet<number> = new Set(
  elements.flatMap(([group, list]) => list.split(' ').map((element) => group * 0x10000 + Number.parseInt(element, 16))),
)

/** What of a data set is emptied, wherever it stands. `tag`: 0xGGGGEEEE; `vr` empty where the file does not say it. */
export function holdsIdentity(tag: number, vr: string): boolean {
  const group = Math.floor(tag / 0x10000)
  const element = tag % 0x10000
  // A group's length says nothing, and stays true.
  if (element === 0 && group !== 0) return false
  // What a maker wrote for himself is not known to anyone else. Every name of a person goes, whatever it is for.
  if (group % 2 === 1 || vr === 'PN' || listed.has(tag)) return true
  // Comments and drawings laid over a picture (60xx), and curves (50xx), each in up to 256 groups.
  if (group >= 0x6000 && group <= 0x60ff) return element === 0x3000 || element === 0x4000 || element === 0x0022 || element === 0x1500
  if (group >= 0x5000 && group <= 0x50ff) return true
  const kept = groups.get(group)
  return kept !== undefined && !kept.has(element)
}
