import type { CopyObjectOptions, ObjectInfo } from "@lade/core";
import { ChecksumMismatchError } from "@lade/core/errors";
import { copyObject } from "@lade/core/operations";
import { localPathOf, type Place } from "../places/place.ts";
import { tellCopied, type VerificationListener } from "./verification.ts";

/** Options of {@linkcode moveObject}. */
export interface MoveObjectOptions extends Pick<CopyObjectOptions, "ifNoneMatch" | "signal" | "onProgress"> {
  /** Called with what was verified of the bytes. */
  readonly onVerified?: VerificationListener;
}

/**
 * Moves an object and resolves with its size, where it became known. Within one store it is renamed. Between stores
 * it is copied, the copy is compared with the source (size and every checksum both stores tell), and then the source
 * is removed, provided it has not changed meanwhile.
 */
export async function moveObject(
  from: Place,
  to: Place,
  options: MoveObjectOptions,
): Promise<number | undefined> {
  const call = options.signal ? { signal: options.signal } : {};
  if (from.store === to.store) {
    const { ifNoneMatch } = options;
    await from.store.rename(from.key, to.key, { ...call, ...(ifNoneMatch !== undefined && { ifNoneMatch }) });
    return undefined;
  }
  await refuseSameFile(from, to);
  const { onVerified, ...copying } = options;
  const copied = await copyObject(from.store, from.key, to.store, to.key, copying);
  if (onVerified) tellCopied(from, to, copied, onVerified);
  const before = copied.read?.info ?? await from.store.head(from.key, call);
  compare(before, await to.store.head(to.key, call), to.uri);
  const { etag } = before;
  const condition = etag !== undefined && from.store.capabilities.conditionalDelete ? { ifMatch: etag } : {};
  await from.store.delete(from.key, { ...call, ...condition });
  return before.size;
}

/** Through two stores one file can have two names, by which it would be removed after being copied onto itself. */
async function refuseSameFile(from: Place, to: Place): Promise<void> {
  const paths = [localPathOf(from.uri), localPathOf(to.uri)];
  const [one, other] = await Promise.all(
    paths.map((path) => path === undefined ? undefined : Deno.stat(path).catch(() => undefined)),
  );
  if (one && other && one.ino !== null && one.ino === other.ino && one.dev === other.dev) {
    throw new TypeError(`Cannot mv ${JSON.stringify(from.uri)}: ${JSON.stringify(to.uri)} is the same file`);
  }
}

function compare(source: ObjectInfo, copy: ObjectInfo, uri: string): void {
  const differences = [
    ...(source.size === copy.size ? [] : [`it has ${copy.size} bytes, the source ${source.size}`]),
    ...Object.entries(source.checksums ?? {}).flatMap(([name, value]) => {
      const other = Object.entries(copy.checksums ?? {}).find(([known]) => known === name)?.[1];
      return other === undefined || other === value
        ? []
        : [`its ${name} is ${other}, that of the source ${value}`];
    }),
  ];
  if (differences.length === 0) return;
  throw new ChecksumMismatchError({
    operation: "mv to",
    uri,
    detail: `${differences.join(", ")}; the source is kept`,
  });
}
