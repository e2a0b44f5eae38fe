import { checkOptions, optionWords } from "@lade/core/backend";
import { byteLengthOf, type DType, DTYPE_NAMES, elementsOf, isDType, layoutOf } from "@lade/formats/array";
import { isSafetensorsDType, type TensorData } from "@lade/formats/safetensors";
import { areNumbers } from "../errors/check_values.ts";
import { type Box, boxFault } from "../boxes/box.ts";
import type { CheckpointContent, TensorPiece } from "./checkpoint_content.ts";
import { dealReplicas } from "./deal_replicas.ts";

/** A part of a tensor that a rank writes. */
export interface PlannedPiece extends Box {
  readonly name: string;
  readonly dtype: DType;
  readonly globalShape: readonly number[];
  readonly data: TensorData;
  readonly bytes: number;
  /** Whether its owner says that it has not changed. */
  readonly isFrozen: boolean;
}

/** How a save is cut into files. */
export interface CutOptions {
  readonly rank: number;
  readonly worldSize: number;
  /** Bytes of the tensors of one file, at most, but for a part that is larger. */
  readonly shardBytes: number;
}

/** Files that are written at the same time, at most. */
const FILES = 4;
const OF_PIECE = {
  name: "any",
  dtype: "any",
  shape: "any",
  offsets: "any",
  globalShape: "any",
  replicas: "any",
  frozen: "boolean",
  data: "any",
  order: "any",
} as const;
/** Fewer bytes than this are no file of their own unless they have to be. */
const LEAST_FILE = 256 * 2 ** 20;

/**
 * Checks what a rank is to save, and cuts the parts that it writes itself into files. Wrong arguments are a `TypeError` or
 * `RangeError` that names the tensor.
 */
export function planSave(content: CheckpointContent, options: CutOptions): PlannedPiece[][] {
  const { rank, worldSize } = options;
  const { tensors } = content;
  // Of what can be gone through by no loop nothing would be saved.
  if (typeof tensors !== "object" || tensors === null || !(Symbol.iterator in tensors)) {
    throw new TypeError(`Cannot save with tensors ${optionWords(tensors)}: a list of tensors is needed`);
  }
  const parts = Array.from(tensors, (piece) => checked(piece, rank, worldSize));
  checkTwice(parts);
  const alone = parts.filter(({ replicas }) => replicas.length === 1);
  const shared = dealReplicas(parts.filter(({ replicas }) => replicas.length > 1), rank);
  return cut([...alone, ...shared], options);
}

function checked(
  piece: TensorPiece,
  rank: number,
  worldSize: number,
): PlannedPiece & { replicas: readonly number[] } {
  checkOptions(`save tensor ${optionWords(piece?.name)}`, piece, OF_PIECE);
  const { name, dtype, shape, data, frozen = false, order = "C" } = piece;
  const cannot = (detail: string) => new TypeError(`Cannot save tensor ${optionWords(name)}: ${detail}`);
  if (typeof name !== "string" || name === "" || name === "__metadata__" || !name.isWellFormed()) {
    throw cannot("no tensor can be called so");
  }
  const lists = { shape, globalShape: piece.globalShape, offsets: piece.offsets, replicas: piece.replicas };
  for (const [list, given] of Object.entries(lists)) {
    if (given === undefined && list !== "shape") continue;
    if (!areNumbers(given)) throw cannot(`its ${list} ${optionWords(given)} is no list of numbers`);
  }
  const { globalShape = shape, offsets = shape.map(() => 0), replicas = [rank] } = piece;
  if (!isDType(dtype)) {
    const known = DTYPE_NAMES.filter(isSafetensorsDType).join(", ");
    throw cannot(`its dtype ${optionWords(dtype)} is none of ${known}`);
  }
  if (!isSafetensorsDType(dtype)) {
    throw cannot(`safetensors has no ${dtype}: save its numbers as float64, with a last dimension of 2`);
  }
  const elements = elementsOf(shape);
  const bytes = elements === undefined ? undefined : byteLengthOf(dtype, elements);
  if (bytes === undefined) throw cannot(`${dtype} of [${shape}] takes no whole number of bytes`);
  if (elementsOf(globalShape) === undefined) throw cannot(`its globalShape [${globalShape}] is none`);
  if (elementsOf(offsets) === undefined) throw cannot(`its offsets [${offsets}] are none`);
  const fault = boxFault({ offsets, shape }, globalShape);
  if (fault) throw cannot(fault);
  if (order !== "C") {
    throw cannot(
      "its data are in Fortran order: inCOrder() of @lade/formats/array gives its bytes in C order",
    );
  }
  if (data === undefined || data === null) throw cannot("it has no data");
  if (typeof data !== "function") {
    if (!ArrayBuffer.isView(data)) throw cannot("its data are neither an array nor a function");
    const due = layoutOf(dtype).view(new ArrayBuffer(0), 0, 0).constructor;
    if (!(data instanceof Uint8Array) && data.constructor !== due) {
      throw cannot(`${dtype} is given as a ${data.constructor.name}, not as a ${due.name} or its bytes`);
    }
    if (data.byteLength !== bytes) {
      throw cannot(`its data have ${data.byteLength} bytes, its shape takes ${bytes}`);
    }
  }
  const ranks = [...new Set(replicas)].sort((a, b) => a - b);
  const isRank = (value: number) => Number.isSafeInteger(value) && value >= 0 && value < worldSize;
  if (!ranks.includes(rank) || !ranks.every(isRank)) {
    throw cannot(`its replicas [${replicas}] are not ranks of ${worldSize}, or lack rank ${rank}`);
  }
  // Lists are copied: a caller may go on with its own while the save does.
  const box = { shape: [...shape], globalShape: [...globalShape], offsets: [...offsets] };
  return { name, dtype, ...box, data, bytes, isFrozen: frozen, replicas: ranks };
}

function checkTwice(parts: readonly PlannedPiece[]): void {
  const seen = new Set<string>();
  for (const { name, offsets, globalShape } of parts) {
    const place = JSON.stringify([name, offsets, globalShape]);
    if (seen.has(place)) {
      throw new TypeError(
        `Cannot save tensor ${JSON.stringify(name)}: the part from [${offsets}] is given twice`,
      );
    }
    seen.add(place);
  }
}

/** In files of about the same size; a file has one part of a tensor at most. */
function cut(parts: readonly PlannedPiece[], { shardBytes }: CutOptions): PlannedPiece[][] {
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  const count = Math.max(1, Math.ceil(total / shardBytes), Math.min(FILES, Math.floor(total / LEAST_FILE)));
  const room = Math.ceil(total / count);
  const files: { readonly pieces: PlannedPiece[]; readonly names: Set<string>; bytes: number }[] = [];
  for (const part of parts) {
    let file = files.find(({ names, bytes }) => !names.has(part.name) && bytes + part.bytes <= room) ??
      files.find(({ names, bytes }) =>
        !names.has(part.name) && bytes + part.bytes <= shardBytes && files.length >= count
      );
    if (!file) files.push(file = { pieces: [], names: new Set(), bytes: 0 });
    file.pieces.push(part);
    file.names.add(part.name);
    file.bytes += part.bytes;
  }
  return files.map(({ pieces }) => pieces);
}
