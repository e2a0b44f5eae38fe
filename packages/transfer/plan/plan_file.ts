import type { ObjectAttributes, ObjectMeta } from "@lade/core";
import type { Conversion } from "./conversion.ts";

/** The version of the format that is written, and the only one that is read. */
export const PLAN_VERSION = 1;

/** The first line of a plan file: what was planned, and how each object is transferred. */
export interface PlanHeader {
  /** Says what the file is. */
  readonly lade: "plan";
  /** The version of the format. */
  readonly version: typeof PLAN_VERSION;
  /** The command: `cp`. */
  readonly operation: string;
  /** When it was planned. */
  readonly time: string;
  /** The sources as they were given. */
  readonly sources: readonly string[];
  /** The URI of the destination, and whether that is a prefix or the object itself. */
  readonly destination: { readonly kind: "object" | "prefix"; readonly uri: string };
  /** Everything under a source goes. */
  readonly recursive: boolean;
  /** The sources are removed, each when its copy is proved. */
  readonly move: boolean;
  /** How each object is transferred. */
  readonly options: PlanOptions;
}

/** What a plan file keeps of how objects are transferred. */
export interface PlanOptions {
  /** Attributes in place of those of the source. */
  readonly attributes: ObjectAttributes;
  /** Leaves alone what exists. */
  readonly createOnly: boolean;
  /** Copies are dated as their sources. */
  readonly keepTime: boolean;
  /** Files are dated by when their sources were written, where no time of change is known. */
  readonly keepWriteTime: boolean;
  /** What comes without a media type gets that of its name. */
  readonly guessContentType: boolean;
  /** What is done to the bytes. */
  readonly conversion: Conversion;
  /** How hard to compress. */
  readonly zstdLevel: number;
}

/** An object as it was when it was planned. */
export interface PlannedObject {
  /** Bytes. */
  readonly size: number;
  /** When it last changed. */
  readonly time: string;
  /** The tag of its content, where there is one. */
  readonly etag?: string;
}

/** One object of a plan file: what goes where, and what was there. */
export interface PlanEntry {
  /** The URI of the source. */
  readonly from: string;
  /** The URI of the destination. */
  readonly to: string;
  /** The version that is taken. */
  readonly version?: string;
  /** The source as it was. */
  readonly source: PlannedObject;
  /** The destination as it was; `null` where there was nothing. */
  readonly replaces: PlannedObject | null;
}

/** A directory that a marker stands for, which a plan file makes or, in a move, removes. */
export interface PlanMarker {
  /** The URI of the marker. */
  readonly marker: string;
  /** The URI of the local directory that is made of it. */
  readonly to?: string;
  /** The marker as it was; absent for an empty local directory. */
  readonly source?: PlannedObject;
  /** What a listing says of it. */
  readonly reason: string;
}

/** An object of the destination that is deleted when all else is done. */
export interface PlanDeletion {
  /** Its URI. */
  readonly remove: string;
  /** Its name below the destination. */
  readonly name: string;
  /** It as it was: only that is deleted. */
  readonly listed: PlannedObject;
}

/** A line of a plan file, but for the first and the last. */
export type PlanLine = PlanEntry | PlanMarker | PlanDeletion;

/** The last line of a plan file. */
export interface PlanTrailer {
  /** Objects, markers and deletions. */
  readonly entries: number;
  /** Deletions. */
  readonly deletions: number;
  /** Bytes of the objects. */
  readonly bytes: number;
  /** The CRC-32C of all lines before this one, in hexadecimal. */
  readonly crc32c: string;
}

/** What a plan file keeps of an object. */
export function planned({ size, lastModified, etag }: ObjectMeta): PlannedObject {
  return { size, time: lastModified.toISOString(), ...(etag !== undefined && { etag }) };
}

/** The same as a listing would have it. */
export function listedAs(key: string, { size, time, etag }: PlannedObject): ObjectMeta {
  return { key, size, lastModified: new Date(time), ...(etag !== undefined && { etag }) };
}

/** In what an object differs from what was planned; `undefined` where it does not. Services tell times by the second. */
export function changeOf(was: PlannedObject, is: ObjectMeta): string | undefined {
  if (is.size !== was.size) return `it has ${is.size} bytes, it had ${was.size}`;
  if (was.etag !== undefined && is.etag !== was.etag) return `its etag is ${is.etag}, it was ${was.etag}`;
  const second = (date: Date) => Math.floor(date.getTime() / 1_000);
  return second(is.lastModified) === second(new Date(was.time))
    ? undefined
    : `it was written at ${is.lastModified.toISOString()}, and before at ${was.time}`;
}
