import {
  type CallName,
  checkReadConditions,
  type GetOptions,
  localPath,
  type ObjectInfo,
  resolveRange,
} from "@lade/core/backend";
import { allocateExactly, MOST_AT_HAND, type RangeToFill, type ReadyBytes } from "@lade/core/seams";
import { system } from "@lade/core/system";
import { infoOf, isUnchanged, statusOf } from "../files/file_status.ts";
import type { LocalSetup } from "../tree/local_setup.ts";

/** What to read, and where to. */
export interface ReadRequest {
  readonly subject: CallName;
  readonly key: string;
  /** The path of the key's file. */
  readonly path: string;
  readonly options: GetOptions;
  /** Gives memory for so many bytes, or none. */
  readonly allocate: (length: number) => Uint8Array | undefined;
}

/**
 * Reads a few bytes of a cached file in one go, in fewer calls of the system than it takes to open it first and to read
 * it then. The status of the name is read before the file is opened, and that of the file after its bytes; when both
 * are the same, the bytes are of one file that was not written to meanwhile. Where that is not so, or where this is
 * no way to read it, there is no result.
 */
export function readAtOnce(
  { figures, medium, tree }: Pick<LocalSetup, "figures" | "medium" | "tree">,
  request: ReadRequest,
): ReadyBytes | undefined {
  const { subject, path, options } = request;
  const look = system.lstatSync(path);
  if (!look.isFile) return undefined;
  const status = statusOf(look);
  // What is said to have no bytes may have some, which is seen when it is opened to be read.
  if (status.size === 0) return undefined;
  const info = infoOf(request.key, status);
  checkReadConditions(subject, info.etag, options);
  const range = resolveRange(options.range, status.size, subject.uri);
  if (range.length > MOST_AT_HAND || !isInside(tree, path)) return undefined;
  const bytes = allocateExactly(request.allocate, range.length);
  const after = bytes && medium.readSync?.(path, bytes, range.offset);
  if (!after || !isUnchanged(status, after)) return undefined;
  // What is at hand is not waited for.
  figures.bytesRead += bytes.length;
  return { info, range, bytes };
}

/** {@linkcode readAtOnce} of several ranges of one file, which lie within it: else there is no result. */
export function readRangesAtOnce(
  { figures, medium, tree }: Pick<LocalSetup, "figures" | "medium" | "tree">,
  { subject, key, path, options, ranges }: Omit<ReadRequest, "allocate"> & {
    readonly ranges: readonly RangeToFill[];
  },
): ObjectInfo | undefined {
  const look = system.lstatSync(path);
  if (!look.isFile) return undefined;
  const status = statusOf(look);
  const info = infoOf(key, status);
  checkReadConditions(subject, info.etag, options);
  let total = 0;
  for (const { offset, target } of ranges) {
    total += target.length;
    if (offset + target.length > status.size || total > MOST_AT_HAND) return undefined;
  }
  if (!isInside(tree, path)) return undefined;
  const after = medium.readRangesSync?.(path, ranges);
  if (!after || !isUnchanged(status, after)) return undefined;
  figures.bytesRead += total;
  return info;
}

/** Whether no link on the way leads out, as far as that can be found out synchronously. */
export function isInside(tree: LocalSetup["tree"], path: string): boolean {
  return !tree.isGuarded || tree.isRightBelow(path) ||
    tree.isKnownToAllow(path, localPath(system.realPathSync(path)));
}
