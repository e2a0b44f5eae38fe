import { takeOptions } from "../conditions/take_options.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import type { CallOptions, ObjectInfo, PutResult } from "../contract/types.ts";
import {
  ChecksumMismatchError,
  InvalidNameError,
  PermissionDeniedError,
  PreconditionFailedError,
} from "../errors/errors.ts";
import { objectUri } from "../uri/check_key.ts";
import { checkListed } from "./check_listed.ts";
import { renameOptions } from "./copy_by_service.ts";
import { copyObject, type CopyObjectResult } from "./copy_object.ts";
import type { CopyObjectOptions } from "./copy_object_options.ts";
import { deleteRead } from "./delete_read.ts";
import { PlaceJudge } from "./place_judge.ts";

/** Options of {@linkcode moveObject}: conditions are on the destination. */
export interface MoveObjectOptions extends Omit<CopyObjectOptions, "version" | "concurrency"> {
  /** Judges whether both keys lead to one place; one that is kept remembers what it found out. */
  readonly judge?: PlaceJudge;
  /** Called when the copy between two stores is proved, before the source is removed, which waits for it. */
  readonly onProved?: (copied: CopyObjectResult, source: ObjectInfo) => void | Promise<void>;
}

/** The result of a finished move. */
export interface MoveObjectResult {
  /** The copy; absent where the object was renamed within its store. */
  readonly copied?: CopyObjectResult;
  /** What was moved; absent where the object was renamed within its store. */
  readonly source?: ObjectInfo;
}

const KEPT = "the source is kept";

/**
 * Moves an object. Within one store it is renamed. Between stores it is copied, and the source is deleted when the
 * answer to that write proves that it is stored, and only as it was read.
 *
 * A proof is an etag, version or checksum in the answer. Where source and answer have a checksum of one kind, these are
 * compared. Else a HEAD of the copy has to give the size and etag of the write; where that is not allowed, the answer
 * alone is the proof.
 *
 * Bytes that are read here without a checksum are compared with the source's etag where that is an MD5; two reads that
 * differ are a `ChecksumMismatchError`. The size of a read that no checksum verified is compared with that which a
 * listing, or another HEAD of the source, has for the same etag. A move onto itself, by any names, is an `InvalidNameError`. A source that changed
 * meanwhile is a `PreconditionFailedError`, and both objects stay.
 */
export async function moveObject(
  from: ObjectStore,
  fromKey: string,
  to: ObjectStore,
  toKey: string,
  given?: MoveObjectOptions,
): Promise<MoveObjectResult> {
  const options = takeOptions(given);
  const { judge = new PlaceJudge(), onProved, ...copying } = options;
  const { signal } = copying;
  const call = signal ? { signal } : {};
  if (from === to) {
    await from.rename(fromKey, toKey, await renameOptions(from, fromKey, copying));
    return {};
  }
  const uri = objectUri(from.uri, fromKey);
  const sameness = await judge.compare({ store: from, key: fromKey }, { store: to, key: toKey }, call);
  if (sameness !== "different") {
    const target = JSON.stringify(objectUri(to.uri, toKey));
    const detail = sameness === "same" ? `${target} is the same object` : `${target} is the same file`;
    throw new InvalidNameError({ operation: "move", uri, detail });
  }
  const copied = await copyObject(from, fromKey, to, toKey, { ...copying, forMove: true });
  const source = copied.read?.info ?? await from.head(fromKey, call);
  if (!copied.read) needSameEtag(copied, source, uri);
  // No checksum shows that all bytes came, and no listing gave their number.
  else if (!copied.read.verified && !options.source && from.capabilities.conditionalDelete !== false) {
    checkListed(source, await lookUp(from, fromKey, call), uri);
  }
  if (needProof(copied, source, objectUri(to.uri, toKey)) === "etag") {
    const stored = await lookUp(to, toKey, call);
    if (stored) needSame(source, stored, objectUri(to.uri, toKey));
    if (stored && copied.etag !== undefined && stored.etag !== copied.etag) {
      throw mismatch(
        objectUri(to.uri, toKey),
        `it has ${
          stored.etag === undefined ? "no etag" : `etag ${stored.etag}`
        }, the write answered ${copied.etag}`,
      );
    }
  }
  await onProved?.(copied, source);
  try {
    await deleteRead(from, fromKey, source, call);
  } catch (error) {
    if (!(error instanceof PermissionDeniedError)) throw error;
    const copy = JSON.stringify(objectUri(to.uri, toKey));
    throw error.restated({
      operation: "move",
      detail: `${error.detail}; the copy ${copy} was made, and the source stays`,
    });
  }
  return { copied, source };
}

/** An object; `undefined` where it may not be read. */
async function lookUp(store: ObjectStore, key: string, call: CallOptions): Promise<ObjectInfo | undefined> {
  try {
    return await store.head(key, call);
  } catch (error) {
    if (error instanceof PermissionDeniedError) return undefined;
    throw error;
  }
}

/** The store that copied by its own means says of what; the source may have changed since. */
function needSameEtag(
  copied: CopyObjectResult,
  source: ObjectInfo,
  uri: string,
) {
  if (copied.sourceEtag === undefined || copied.sourceEtag === source.etag) return;
  const detail = `it changed while it was copied; ${KEPT}`;
  throw new PreconditionFailedError({ operation: "move", uri, detail });
}

/** Whether the answer of a write proves by its checksum that the source is stored, or only that something is. */
function needProof(written: PutResult, source: ObjectInfo, uri: string): "checksum" | "etag" {
  needSame(source, written, uri);
  const sums = Object.entries(source.checksums ?? {});
  if (sums.some(([name]) => Object.keys(written.checksums ?? {}).includes(name))) return "checksum";
  const { etag, version, checksums = {} } = written;
  if (etag !== undefined || version !== undefined || Object.keys(checksums).length > 0) return "etag";
  throw mismatch(uri, "the answer to the write has no etag, version or checksum to prove that it is stored");
}

function needSame(source: ObjectInfo, copy: Pick<PutResult, "size" | "checksums">, uri: string): void {
  const differences = [
    ...(source.size === copy.size ? [] : [`it has ${copy.size} bytes, the source ${source.size}`]),
    ...Object.entries(source.checksums ?? {}).flatMap(([name, value]) => {
      const other = Object.entries(copy.checksums ?? {}).find(([known]) => known === name)?.[1];
      return other === undefined || other === value
        ? []
        : [`its ${name} is ${other}, that of the source ${value}`];
    }),
  ];
  if (differences.length > 0) throw mismatch(uri, differences.join(", "));
}

function mismatch(uri: string, detail: string): ChecksumMismatchError {
  return new ChecksumMismatchError({ operation: "move to", uri, detail: `${detail}; ${KEPT}` });
}
