import type { ObjectStore } from "../contract/object_store.ts";
import type { Checksums, ObjectInfo } from "../contract/types.ts";
import type { ObjectRead } from "../read/object_read.ts";
import type { ReadOptions } from "../read/read_options.ts";

/** What of a source a half-done copy was made of. */
export interface CopiedContent {
  /** Bytes of the source. */
  readonly size: number;
  /** Its etag; that of a local file has size, time of change, number and time of birth. */
  readonly etag?: string;
  /** When the status of a local file last changed, in seconds since 1970: nobody can set that back. */
  readonly statusSeconds?: number;
  /** Its version, where it has no etag. */
  readonly version?: string;
}

/** A copy that may be gone on with by another call, in this process or another. */
export interface HalfDoneCopy {
  /** The token of its writer. It is a secret where `PartWriter.token` is one. */
  readonly token: string;
  /** What is copied. */
  readonly source: CopiedContent;
  /** The checksum that is computed of each part; absent where the source tells none that parts combine to. */
  readonly algorithm?: keyof Checksums;
}

/** The part of a half-done copy that was written. */
export interface CopiedPart {
  /** Its number, from 0. */
  readonly index: number;
  /** Its checksum by the algorithm of the copy, in base64. */
  readonly checksum: string;
}

/**
 * Makes a copy outlive its process. The callers keep what they are told, and give it back: then parts that are written
 * are neither read nor sent again, unless the source has changed. In that case the half-done copy is aborted and begun anew.
 *
 * What the copy is verified by: checksums of parts that an earlier call wrote are those that it told of; a part without
 * one is read again, and not sent. All of them combine into the checksum that the source tells, and are compared with it
 * before the object is made. Where the source tells none that parts combine to, the result of a resumed copy says that
 * its bytes are not verified.
 */
export interface ResumableCopy {
  /** Objects of so many bytes are copied so; smaller ones never are. */
  readonly fromBytes: number;
  /** What an earlier call told when it began. */
  readonly halfDone?: HalfDoneCopy | undefined;
  /** What an earlier call told of parts. */
  readonly parts?: Iterable<CopiedPart> | undefined;
  /**
   * Called before the first part is sent, which waits for it; also when a copy is begun anew. `false` says that it was not
   * kept: nothing is left then where the copy fails.
   */
  begun(copy: HalfDoneCopy): Promise<boolean>;
  /** Called when a part is written, where a checksum of it is computed. */
  wrote?(part: CopiedPart): void;
  /** Called when nothing of a half-done copy is left, and none of it can be gone on with: it is done, or was aborted. */
  ended(): void;
}

/** What a copy of `info` is pinned to; `undefined` for a source of which two contents cannot be told apart. */
export function contentOf({ size, etag, statusChanged, version }: ObjectInfo): CopiedContent | undefined {
  const status = statusChanged && { statusSeconds: statusChanged.getTime() / 1000 };
  if (etag !== undefined) return { size, etag, ...status };
  return version === undefined ? undefined : { size, version };
}

/** Whether two contents are one. */
export function isSameContent(one: CopiedContent, other: CopiedContent | undefined): boolean {
  return other !== undefined && one.size === other.size && one.etag === other.etag &&
    one.statusSeconds === other.statusSeconds &&
    (one.etag !== undefined || one.version === other.version);
}

/** Whether a copy of this source to that place can be gone on with, and is worth it. */
export function canResume(
  read: ObjectRead,
  to: ObjectStore,
  { checksum = "auto" }: ReadOptions,
  resumable: ResumableCopy | undefined,
): boolean {
  if (!resumable || checksum !== "auto" || !to.resumePartWriter || to.capabilities.resumableWrites !== true) {
    return false;
  }
  const { info } = read;
  // A digest over all bytes in a row is better verified in one go than not at all.
  const digest = read.ordered !== undefined;
  return info.size >= resumable.fromBytes && !digest && contentOf(info) !== undefined;
}

/** Remembers what the last of several attempts at one copy told, so that the next one goes on there. */
export class FollowedCopy implements ResumableCopy {
  readonly fromBytes: number;
  halfDone: HalfDoneCopy | undefined;
  parts: CopiedPart[];
  readonly #told: ResumableCopy;

  /** Passes on to `told` what it is told. */
  constructor(told: ResumableCopy) {
    this.#told = told;
    this.fromBytes = told.fromBytes;
    this.halfDone = told.halfDone;
    this.parts = [...told.parts ?? []];
  }

  async begun(copy: HalfDoneCopy): Promise<boolean> {
    const isKept = await this.#told.begun(copy);
    this.halfDone = isKept ? copy : undefined;
    this.parts = [];
    return isKept;
  }

  wrote(part: CopiedPart): void {
    this.parts.push(part);
    this.#told.wrote?.(part);
  }

  ended(): void {
    this.halfDone = undefined;
    this.parts = [];
    this.#told.ended();
  }
}
