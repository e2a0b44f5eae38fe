import type { ObjectWriter } from "../contract/object_writer.ts";
import type { PutResult } from "../contract/types.ts";
import { ChunkPasser, StreamWriter } from "../write/create_stream_writer.ts";
import { WriteLife } from "../write/write_life.ts";
import { type FrameConfig, FrameSink } from "./frame_sink.ts";
import type { ZstdWriter } from "./zstd_options.ts";

/** Compresses what is written into frames of a writer below. */
export class FrameWriter implements ZstdWriter {
  readonly changesBytes = true;
  readonly #sink: FrameSink;
  readonly #writer: StreamWriter;

  constructor(inner: ObjectWriter, config: FrameConfig) {
    this.#sink = new FrameSink(inner, config, (error) => life.fail(error));
    const life: WriteLife = new WriteLife({ sink: this.#sink, signal: config.signal });
    this.#writer = new StreamWriter(life, new ChunkPasser(this.#sink, life));
  }

  get bytesWritten(): number {
    return this.#sink.bytesTaken;
  }

  get compressedBytes(): number {
    return this.#sink.compressedBytes;
  }

  get ratio(): number | undefined {
    return this.#sink.ratio;
  }

  write(chunk: Uint8Array): Promise<void> {
    return this.#writer.write(chunk);
  }

  close(): Promise<PutResult> {
    return this.#writer.close();
  }

  abort(reason?: unknown): Promise<void> {
    return this.#writer.abort(reason);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#writer[Symbol.asyncDispose]();
  }
}
