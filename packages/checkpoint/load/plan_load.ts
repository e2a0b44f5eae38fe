import { checkOptions, optionWords } from "@lade/core/backend";
import { type DType, layoutOf } from "@lade/formats/array";
import { areNumbers } from "../errors/check_values.ts";
import { type Box, boxFault } from "../boxes/box.ts";
import { type ByteRun, byteRuns } from "../boxes/byte_runs.ts";
import type { TensorEntry, TensorTable } from "../manifest/manifest.ts";
import type { PieceBytes } from "../record/piece_bytes.ts";

/** What is wanted of a tensor, and where its bytes go. */
export interface TensorTarget {
  /** The tensor's name. */
  readonly name: string;
  /** What an element is for the caller: a tensor of another dtype is refused. Not compared by default. */
  readonly dtype?: DType;
  /** Where the part begins in the tensor; at its beginning by default. */
  readonly offsets?: readonly number[];
  /** The length of each dimension of the part; up to the end of the tensor by default. */
  readonly shape?: readonly number[];
  /** Takes the bytes of the part in C order: as many as it has. In use until the load settles. */
  readonly data: ArrayBufferView<ArrayBuffer>;
}

/** A stretch of a piece that is read at once, and what of it goes where. */
export interface PlannedRead {
  readonly tensor: TensorEntry;
  readonly piece: PieceBytes;
  /** The first byte, from the beginning of the piece. */
  readonly offset: number;
  readonly length: number;
  /** Where its bytes go, if all of them lie side by side there. */
  readonly place: Uint8Array<ArrayBuffer> | undefined;
  /** What goes where otherwise: `source` from the beginning of the piece. */
  readonly runs: readonly ByteRun[];
  readonly target: Uint8Array<ArrayBuffer>;
}

/** Options of {@linkcode planLoad}. */
export interface PlanLoadOptions {
  /** Whether checksums are compared, so that whole chunks are read. */
  readonly inChunks: boolean;
  /** Bytes between two runs that are read rather than asked for around. */
  readonly gap: number;
}

const OF_TARGET = { name: "any", dtype: "any", offsets: "any", shape: "any", data: "any" } as const;
/** Bytes that are read at most for each one that is wanted. */
const MOST_OVERREAD = 2;
/** Runs that are held in memory of one read. */
const MOST_RUNS = 65_536;

/**
 * Says what is read for parts of tensors: each byte that is wanted once, with little around it. A tensor that is not there, a
 * part that it has not and memory of another size are a `TypeError` or `RangeError` that names it.
 */
export function* planLoad(
  table: TensorTable,
  targets: Iterable<TensorTarget>,
  options: PlanLoadOptions,
): Generator<PlannedRead, void, void> {
  const byName = tensorsByName(table);
  if (typeof targets !== "object" || targets === null || !(Symbol.iterator in targets)) {
    throw new TypeError(`Cannot load tensors ${optionWords(targets)}: a list of what is wanted is needed`);
  }
  for (const target of targets) {
    checkOptions("load a tensor", target, OF_TARGET);
    const tensor = byName.get(target.name);
    if (!tensor) {
      throw new RangeError(`Cannot load tensor ${optionWords(target.name)}: there is none of this name`);
    }
    const box = boxOf(target, tensor);
    const { buffer, byteOffset, byteLength } = target.data;
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    for (const piece of tensor.pieces) {
      for (const runs of stretches(byteRuns(piece, box, layoutOf(tensor.dtype).bits), options.gap)) {
        yield readOf({ tensor, piece, runs, target: bytes }, table.chunkBytes, options.inChunks);
      }
    }
  }
}

function boxOf({ name, dtype, offsets, shape, data }: TensorTarget, tensor: TensorEntry): Box {
  for (const [list, given] of Object.entries({ offsets, shape })) {
    if (given !== undefined && given !== null && !areNumbers(given)) {
      throw new TypeError(
        `Cannot load tensor ${JSON.stringify(name)}: its ${list} ${optionWords(given)} is no list of numbers`,
      );
    }
  }
  const from = offsets ?? tensor.shape.map(() => 0);
  const own = shape ?? tensor.shape.map((length, axis) => length - (from[axis] ?? 0));
  const cannot = `Cannot load tensor ${JSON.stringify(name)}`;
  if (dtype !== undefined && dtype !== tensor.dtype) {
    throw new TypeError(`${cannot} as ${optionWords(dtype)}: it is ${tensor.dtype}`);
  }
  const fault = boxFault({ offsets: from, shape: own }, tensor.shape);
  if (fault || [...from, ...own].some((value) => !Number.isSafeInteger(value) || value < 0)) {
    throw new RangeError(`${cannot}: ${fault ?? `a part of [${own}] from [${from}] is none`}`);
  }
  if (!ArrayBuffer.isView(data)) {
    throw new TypeError(`${cannot}: its data are no array or bytes to be filled`);
  }
  const bits = own.reduce((product, length) => product * length, layoutOf(tensor.dtype).bits);
  if (bits % 8 !== 0) {
    throw new RangeError(`${cannot}: [${own}] of ${tensor.dtype} is no whole number of bytes`);
  }
  if (data.byteLength !== bits / 8) {
    throw new RangeError(
      `${cannot}: [${own}] of ${tensor.dtype} takes ${bits / 8} bytes, not ${data.byteLength}`,
    );
  }
  return { offsets: from, shape: own };
}

/** Puts runs together that are read at once. */
function* stretches(runs: Iterable<ByteRun>, gap: number): Generator<ByteRun[], void, void> {
  let held: ByteRun[] = [];
  let [from, end, wanted] = [0, 0, 0];
  for (const run of runs) {
    const isNear = run.source - end <= gap ||
      (run.source + run.length - from) <= MOST_OVERREAD * (wanted + run.length);
    if (held.length > 0 && (!isNear || held.length >= MOST_RUNS)) {
      yield held;
      held = [];
    }
    if (held.length === 0) [from, wanted] = [run.source, 0];
    held.push(run);
    end = run.source + run.length;
    wanted += run.length;
  }
  if (held.length > 0) yield held;
}

function readOf(
  { tensor, piece, runs, target }: Pick<PlannedRead, "tensor" | "piece" | "runs" | "target">,
  chunkBytes: number,
  inChunks: boolean,
): PlannedRead {
  const [first, last] = [runs[0], runs.at(-1)];
  const from = first?.source ?? 0;
  const end = last ? last.source + last.length : 0;
  const offset = inChunks ? Math.floor(from / chunkBytes) * chunkBytes : from;
  const length = (inChunks ? Math.min(piece.length, Math.ceil(end / chunkBytes) * chunkBytes) : end) - offset;
  const isWhole = runs.length === 1 && first && offset === from && length === first.length;
  const place = isWhole ? target.subarray(first.target, first.target + length) : undefined;
  return { tensor, piece, offset, length, place, runs, target };
}

/** The tensors of tables by their names: a table is asked once for each tensor that is exported. */
const namesOfTables = new WeakMap<TensorTable, ReadonlyMap<string, TensorEntry>>();

function tensorsByName(table: TensorTable): ReadonlyMap<string, TensorEntry> {
  let names = namesOfTables.get(table);
  if (!names) namesOfTables.set(table, names = new Map(table.tensors.map((tensor) => [tensor.name, tensor])));
  return names;
}
