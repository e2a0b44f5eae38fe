import type { ObjectStore } from "@lade/core";
import { inParallel } from "@lade/core/concurrency";
import type { NpyArray } from "../npy/npy_type.ts";
import { ObjectSource, type ObjectSourceOptions } from "../source/object_source.ts";
import { verifyMember } from "./verify_member.ts";
import { NpzFile, type NpzMemberOptions } from "./npz_file.ts";

/** Options of {@linkcode openNpz}. */
export interface OpenNpzOptions extends Omit<ObjectSourceOptions, "at"> {}

/** Options of {@linkcode readNpz}. */
export interface ReadNpzOptions extends OpenNpzOptions, NpzMemberOptions {
  /** The arrays wanted, in this order; all by default. */
  readonly names?: readonly string[];
}

/** Arrays that are read at a time. */
const WIDTH = 4;
const PENDING: NpyArray = { dtype: "uint8", shape: [0], order: "C", data: new Uint8Array(0) };

/** Opens an npz file, by one request where its directory lies in its last 64 KiB. */
export async function openNpz(
  store: ObjectStore,
  key: string,
  options: OpenNpzOptions = {},
): Promise<NpzFile> {
  const source = await ObjectSource.open(store, key, { ...options, at: "end" });
  return await NpzFile.open(source, options.signal ? { signal: options.signal } : {});
}

/**
 * Reads arrays of an npz file by their names, a few at a time: each by two requests at most, and by none where it lies in the
 * file's last 64 KiB. The CRC-32 of each is compared; where no names are given, that of members which are no arrays too.
 */
export async function readNpz(
  store: ObjectStore,
  key: string,
  options: ReadNpzOptions = {},
): Promise<Map<string, NpyArray>> {
  const { names, maxSize, maxHeader, ...open } = options;
  const file = await openNpz(store, key, open);
  const call = options.signal ? { signal: options.signal } : {};
  const member = {
    ...call,
    ...(maxSize !== undefined && { maxSize }),
    ...(maxHeader !== undefined && { maxHeader }),
  };
  const arrays = new Map<string, NpyArray>();
  // In their order, whichever is there first.
  const wanted = names ?? file.names;
  for (const name of wanted) arrays.set(name, PENDING);
  await inParallel(arrays.keys(), WIDTH, async (name, signal) => {
    arrays.set(name, await file.read(name, { ...member, signal }));
  }, options.signal);
  if (names) return arrays;
  for (const other of file.members) {
    if (!other.name.endsWith(".npy")) await verifyMember(file.source, other, call);
  }
  return arrays;
}
