import { crc32, type ObjectStore, objectUri } from "@lade/core";
import { inParallel } from "@lade/core/concurrency";
import { UnsupportedError } from "@lade/core/errors";
import { inCOrder } from "@lade/formats/array";
import { isNdArray, isNumeric } from "@lade/formats/npy";
import { type NpzFile, type NpzPlace, openNpz } from "@lade/formats/npz";
import { ObjectSource } from "@lade/formats/source";
import type { ForeignSetup, ForeignTensor } from "./foreign_checkpoint.ts";

/** Options of {@linkcode openNpzTensors}. */
export interface OpenNpzTensorsOptions {
  /** Which members are wanted, arrays by their names. */
  readonly filter: (name: string) => boolean;
  /** Bytes of an array that is deflated, at most. */
  readonly maxSize?: number;
  readonly signal?: AbortSignal;
}

/** Headers that are read at the same time. */
const AT_ONCE = 16;
const LEAVE_OUT = "leave it out by filter";

/**
 * Opens the arrays of an npz as tensors. Those that are stored as they are in memory are read by ranges; what is deflated, in Fortran
 * order or big-endian is read as a whole. Arrays of something else than numbers are an `UnsupportedError` unless they are left out:
 * of Python objects, which are pickled, too.
 */
export async function openNpzTensors(
  store: ObjectStore,
  key: string,
  { filter, maxSize, signal }: OpenNpzTensorsOptions,
): Promise<ForeignSetup> {
  const npz = await openNpz(store, key, signal ? { signal } : {});
  for (const { name } of npz.members) {
    if (!name.endsWith(".npy") && filter(name)) {
      throw refused(store, key, `its member ${JSON.stringify(name)} is no array`);
    }
  }
  const names = npz.names.filter(filter);
  const tensors = new Array<ForeignTensor | undefined>(names.length).fill(undefined);
  await inParallel(names.entries(), AT_ONCE, async ([at, name], signal) => {
    const place = await locate(npz, name, signal);
    const { type, descr, shape } = place.header;
    if (!isNumeric(type)) {
      throw refused(
        store,
        key,
        `the elements of its array ${JSON.stringify(name)} (${descr}) are no numbers`,
      );
    }
    const tensor = { name, dtype: type.dtype, shape };
    const content = contentOf(npz, name, place);
    tensors[at] = content
      ? { ...tensor, ...content }
      : { ...tensor, pieces: [], whole: wholeOf(npz, name, maxSize) };
  }, signal);
  const etag = npz.source instanceof ObjectSource ? npz.source.info.etag : undefined;
  const shards = [{ key, size: npz.source.size, ...(etag !== undefined && { etag }) }];
  return { kind: "npz", metadata: {}, shards, tensors: tensors.flatMap((tensor) => tensor ?? []) };
}

async function locate(npz: NpzFile, name: string, signal: AbortSignal): Promise<NpzPlace> {
  try {
    return await npz.locate(name, { signal });
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    throw error.restated({
      advice: error.advice === undefined ? LEAVE_OUT : `${error.advice}, or ${LEAVE_OUT}`,
    });
  }
}

/** Where the bytes lie, if they do so as in memory. */
function contentOf(
  npz: NpzFile,
  name: string,
  { offset, headCrc32, header: { descr, order, shape, dataLength } }: NpzPlace,
): Pick<ForeignTensor, "pieces" | "faultOf"> | undefined {
  if (offset === undefined || descr.startsWith(">") || (order === "F" && shape.length > 1)) return undefined;
  const due = npz.member(name).crc32;
  return {
    pieces: [{ offsets: shape.map(() => 0), shape, shard: 0, offset, length: dataLength }],
    faultOf: (bytes) =>
      crc32(bytes, headCrc32) === due ? undefined : "its bytes do not match the CRC-32 of the archive",
  };
}

function wholeOf(
  npz: NpzFile,
  name: string,
  maxSize: number | undefined,
): NonNullable<ForeignTensor["whole"]> {
  const read = async (signal: AbortSignal | undefined) => {
    const options = { ...(signal && { signal }), ...(maxSize !== undefined && { maxSize }) };
    const array = await npz.read(name, options);
    if (!isNdArray(array)) throw new TypeError(`Cannot load ${JSON.stringify(name)}: it has no numbers`);
    return inCOrder(array);
  };
  return { size: npz.member(name).storedSize, read };
}

function refused(store: ObjectStore, key: string, detail: string): UnsupportedError {
  return new UnsupportedError({
    operation: "load",
    uri: objectUri(store.uri, key),
    detail,
    advice: LEAVE_OUT,
  });
}
