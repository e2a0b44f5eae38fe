import { createGetResult, MemoryStore, objectUri, resolveRange } from "@lade/core";
import type { GetOptions, GetResult, HeadOptions, ObjectInfo, ResolvedRange } from "@lade/core";
import { ForwardingStore } from "@lade/core/layers";
import { NotFoundError, PreconditionFailedError } from "@lade/core/errors";
import { bytesAtHand } from "@lade/core/seams";

/** Bytes that lie at a place of an object. */
export interface SparsePiece {
  /** Where the first one lies. */
  readonly offset: number;
  /** The bytes. */
  readonly bytes: Uint8Array;
}

/** An object of a {@linkcode SparseStore}. */
export interface SparseObject {
  /** Bytes in all. */
  readonly size: number;
  /** What lies at some places; where two lie over one another, the later one. */
  readonly pieces?: readonly SparsePiece[];
  /** What lies everywhere else; {@linkcode byteAt} by default. */
  readonly byteAt?: (offset: number) => number;
}

/** The bytes of a sparse object: none like its neighbours, and different in each kibibyte. */
export function byteAt(offset: number): number {
  return (offset * 31 + Math.floor(offset / 1024) * 7) % 251;
}

/**
 * Has objects that no memory could hold, whose bytes are made as they are read, and remembers what was asked for. What it
 * does not have is in a {@linkcode MemoryStore}, and what is written goes there.
 */
export class SparseStore extends ForwardingStore {
  /** The ranges of all `get`s so far, in order. */
  readonly ranges: ResolvedRange[] = [];
  readonly #objects: ReadonlyMap<string, SparseObject>;

  /** Has these objects, by their keys. */
  constructor(objects: Readonly<Record<string, SparseObject>>) {
    super(new MemoryStore(), ["beneath", bytesAtHand]);
    this.#objects = new Map(Object.entries(objects));
  }

  /** Bytes asked for so far. */
  get bytesAsked(): number {
    return this.ranges.reduce((sum, { length }) => sum + length, 0);
  }

  /** Makes the bytes of a range. */
  override async get(key: string, options: GetOptions = {}): Promise<GetResult> {
    const object = this.#objects.get(key);
    if (!object) return await super.get(key, options);
    const info = this.#info(key, object, options);
    const uri = objectUri(this.uri, key);
    const range = resolveRange(options.range, object.size, uri);
    this.ranges.push(range);
    let at = range.offset;
    const read = (target: Uint8Array) => {
      fill(target, at, object);
      at += target.length;
      return target.length;
    };
    return createGetResult({ info, range, source: { read, close() {} }, uri, signal: options.signal });
  }

  /** Tells the size. */
  override async head(key: string, options: HeadOptions = {}): Promise<ObjectInfo> {
    const object = this.#objects.get(key);
    return object ? this.#info(key, object, options) : await super.head(key, options);
  }

  #info(key: string, { size }: SparseObject, { signal, ifMatch, version }: HeadOptions): ObjectInfo {
    signal?.throwIfAborted();
    const uri = objectUri(this.uri, key);
    if (ifMatch !== undefined && ifMatch !== "sparse") {
      throw new PreconditionFailedError({ operation: "get", uri, detail: "the etag is another one" });
    }
    if (version !== undefined) throw new NotFoundError({ operation: "get", uri, detail: "no such version" });
    return { key, size, lastModified: new Date(0), etag: "sparse", metadata: {} };
  }
}

function fill(
  target: Uint8Array,
  at: number,
  { size, pieces = [], byteAt: made = byteAt }: SparseObject,
): void {
  const end = Math.min(at + target.length, size);
  for (let offset = at; offset < end; offset++) target[offset - at] = made(offset);
  for (const { offset, bytes } of pieces) {
    const from = Math.max(offset, at);
    const to = Math.min(offset + bytes.length, end);
    if (from < to) target.set(bytes.subarray(from - offset, to - offset), from - at);
  }
}
