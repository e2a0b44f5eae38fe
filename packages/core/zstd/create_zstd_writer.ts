import type { ObjectStore } from "../contract/object_store.ts";
import type { ObjectWriter } from "../contract/object_writer.ts";
import type { WriterOptions } from "../contract/types.ts";
import type { FrameConfig } from "./frame_sink.ts";
import { FrameWriter } from "./frame_writer.ts";
import { zstdKey } from "./zstd_key.ts";
import { resolveZstdOptions } from "./resolve_zstd_options.ts";
import type { ZstdOptions, ZstdWriter } from "./zstd_options.ts";

/** Options of {@linkcode createZstdWriter}: those of the store's writer and those of the compression. */
export interface CreateZstdWriterOptions extends WriterOptions, ZstdOptions {}

/** A compressing writer that knows its key. */
export interface ZstdObjectWriter extends ZstdWriter {
  /** The key of the object that `close` makes. */
  readonly key: string;
}

/**
 * Starts a compressed object in a store, under {@linkcode zstdKey} of `key`, as by {@linkcode withZstd}.
 *
 * The media type is `application/zstd` (RFC 8878, section 7.1) where the store keeps attributes and no other is given.
 * The buffers count against the store's budget. The content encoding is left alone: the object is the `.zst` file,
 * and a client that decodes on the way would not give the bytes that its name promises.
 */
export async function createZstdWriter(
  store: ObjectStore,
  key: string,
  options: CreateZstdWriterOptions = {},
): Promise<ZstdObjectWriter> {
  const { level: _level, workers: _workers, frameSize: _frameSize, onFrame: _onFrame, budget, ...rest } =
    options;
  const config = resolveZstdOptions({ ...options, budget: budget ?? store.context.budget });
  const contentType = options.contentType ??
    (store.capabilities.attributes !== false ? "application/zstd" : undefined);
  const fullKey = zstdKey(key);
  const writer = await store.createWriter(fullKey, {
    ...rest,
    ...(contentType === undefined ? {} : { contentType }),
  });
  return new KeyedFrameWriter(fullKey, writer, config);
}

class KeyedFrameWriter extends FrameWriter implements ZstdObjectWriter {
  readonly key: string;

  constructor(key: string, writer: ObjectWriter, config: FrameConfig) {
    super(writer, config);
    this.key = key;
  }
}
