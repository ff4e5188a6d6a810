/** What runs, the viewer and the window need of the institute's archive. `main/archive/xnat.ts` implements it over XNAT's REST API. */
import type { Readable } from 'node:stream'
import type { Project, ScanRow, SessionRow } from '../../preload/contract.ts'

/** A file in the archive. `uri` is the archive's own, relative to its address; `name` may hold an identity and stays in main. */
export interface ArchiveFile {
  uri: string
  name: string
  /** Label of the resource that holds it (`DICOM`, `VOL`). */
  resource: string
  /** bytes */
  size: number
  /** MD5, hex; empty where the archive has none. */
  md5: string
}

/** A session by its names. Ids are accession ids (`XNAT_E00012`). */
export interface SessionPath {
  project: string
  subject: string
  session: string
}

/** A file as the archive's listing describes it: bytes, and MD5 in hex, empty where there is none. */
export interface Standing {
  size: number
  md5: string
}

/** A published file and how it was read back. */
export interface Published {
  /** `SCANSIDE/<pipeline>/<version>/<run id>/results.json` */
  path: string
  size: number
  md5: string
  /** `size and MD5 equal in the listing` or `bytes read back, equal`. */
  check: string
}

export interface Archive {
  projects(signal?: AbortSignal): Promise<Project[]>
  sessions(project: string, offset: number, limit: number, signal?: AbortSignal): Promise<{ rows: SessionRow[]; more: boolean }>
  /** Verdicts are null here: services.ts joins what this desk knows. */
  projectScans(project: string, offset: number, limit: number, signal?: AbortSignal): Promise<{ rows: ScanRow[]; more: boolean }>
  scans(project: string, session: string, signal?: AbortSignal): Promise<ScanRow[]>
  /** Every file of one scan. Rejects with `not-found` where the scan is not in the session's list (XNAT would answer with another's files). */
  scanFiles(path: SessionPath, scan: string, signal?: AbortSignal): Promise<ArchiveFile[]>
  /**
   * The file's bytes from its beginning. XNAT cannot resume: a download that breaks begins again, a few times, and what was handed on is not
   * handed on twice. The stream ends with `integrity` unless all of it came: the size, and the MD5 where it is given.
   */
  read(file: Pick<ArchiveFile, 'uri' | 'size'> & Partial<Pick<ArchiveFile, 'md5'>>, signal: AbortSignal): Promise<Readable>
  /**
   * Writes one file to the session's resource SCANSIDE and reads it back. The listing is asked first: what is there already is not sent again,
   * and another content under this name is not overwritten unless `replaces` says so of it.
   * Rejects with `conflict` (reason `other-content`, size and md5 of theirs) there, and unless size and digest match.
   */
  publish(path: SessionPath, name: string, bytes: Uint8Array, signal: AbortSignal, replaces?: (theirs: Standing) => boolean): Promise<Published>
  /**
   * What a machine has published itself, read back: bytes (at most `limit`), and how they were checked; null where the listing has no such file.
   * Rejects with `integrity` where listing and bytes differ.
   */
  publishedFile(path: SessionPath, name: string, limit: number, signal: AbortSignal): Promise<{ bytes: Uint8Array; published: Published } | null>
  /** Takes a published file back (a result that broke a rule). False where the account may not delete. */
  retract(path: SessionPath, name: string, signal: AbortSignal): Promise<boolean>
  /** A file of a project's own resource, at most `limit` bytes; null where there is none. */
  projectFile(project: string, resource: string, name: string, limit: number, signal: AbortSignal): Promise<Uint8Array | null>
  /** Files of the session's resource SCANSIDE, empty where there is none. */
  published(path: SessionPath, signal?: AbortSignal): Promise<ArchiveFile[]>
}
