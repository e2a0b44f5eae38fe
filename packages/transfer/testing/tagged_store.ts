import { ForwardingStore, MemoryStore } from "@lade/core";
import { bytesAtHand } from "@lade/core/seams";
import type { EtagMd5, GetOptions, GetResult, HeadOptions, ObjectInfo, ObjectMeta } from "@lade/core";
import type { Listed } from "../compare/difference.ts";

/** What is different about an object of a {@linkcode TaggedStore}. */
export interface Tagged extends Partial<ObjectInfo> {
  /** What a read tells of its etag. */
  readonly etagMd5?: EtagMd5;
}

/** A store in memory whose objects show what a test says they do, and which counts what is asked of it. */
export class TaggedStore extends ForwardingStore {
  /** The calls so far: `head a`, `get a`, and `ask a` for a read of one byte. */
  readonly calls: string[] = [];
  readonly #base: string;
  readonly #objects = new Map<string, Tagged>();

  /** Objects have URIs that begin with `base`: `s3://b/`. */
  constructor(base: string) {
    super(new MemoryStore(), [bytesAtHand]);
    this.#base = base;
  }

  /** Stores an object, and returns it as a listing shows it: without what only a HEAD tells. */
  async add(
    key: string,
    bytes: Uint8Array,
    tagged: Tagged = {},
    listed: Partial<ObjectMeta> = {},
  ): Promise<Listed> {
    await this.below.put(key, bytes);
    this.#objects.set(key, tagged);
    const { metadata: _, partsChecksum: _1, checksums: _2, ...meta } = await this.#infoOf(key);
    return { store: this, key, meta: { ...meta, ...listed }, uri: this.#base + key };
  }

  /** Describes an object. */
  override async head(key: string, _options?: HeadOptions): Promise<ObjectInfo> {
    this.calls.push(`head ${key}`);
    return await this.#infoOf(key);
  }

  /** Reads an object. */
  override async get(key: string, { ifMatch: _, ...options }: GetOptions = {}): Promise<GetResult> {
    const { range } = options;
    this.calls.push(range && "length" in range && range.length === 1 ? `ask ${key}` : `get ${key}`);
    const result = await this.below.get(key, options);
    const { etagMd5 } = this.#objects.get(key) ?? {};
    if (etagMd5) result.etagMd5 = () => etagMd5;
    return result;
  }

  async #infoOf(key: string): Promise<ObjectInfo> {
    const { etagMd5: _, ...info } = this.#objects.get(key) ?? {};
    const { checksums: _1, ...stored } = await this.below.head(key);
    return { ...stored, ...info };
  }
}
