import type { Clock, StoreContext } from "@lade/core/backend";
import type { FormatError } from "@lade/formats/errors";
import { compressionOfMagic, decompress, PipedBytes } from "@lade/formats/source";
import type { Schema, TableReader } from "@lade/formats/table";
import type { Sample } from "@lade/formats/webdataset";
import type { OpenPartOptions, SampleTable, StreamDataset } from "./dataset.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { LostSample } from "./lost_sample.ts";
import { recordSamples } from "./stream_records.ts";
import { ROWS_WINDOW, rowSamples } from "./stream_rows.ts";
import { WantedFields } from "./wanted_fields.ts";

/** What {@linkcode pipedStream} reads. */
export interface PipedStreamOptions {
  /** Reads what comes out of the pipe until `signal` ends it. Pieces may be reused once the next one is asked for. */
  readonly read: (signal: AbortSignal) => AsyncIterable<Uint8Array>;
  /** What messages call it, such as `"standard input"`. */
  readonly uri: string;
  /** What its samples are: records of TFRecord, samples of a webdataset tar, or rows of CSV, TSV or JSON lines. */
  readonly kind: "records" | "samples" | "rows";
  /** The fields of webdataset samples that are read; all by default. */
  readonly fields?: readonly string[];
  /** The columns of rows; inferred from the first ones by default. */
  readonly schema?: Schema;
  /** Budget and clock. */
  readonly context: StoreContext;
  /** Ends all that is read. */
  readonly signal?: AbortSignal;
}

/** Bytes of a text that tell what it is. */
const HEAD = 2 ** 16;

/**
 * The samples of bytes that come once, as those of standard input, compressed or not: one part, which can be gone through
 * once, by one epoch. Whether rows are CSV, TSV or JSON lines is told by the first line. Nobody knows whether the same bytes
 * come another time: each has a fingerprint of its own, so that no state or pack is gone on with.
 */
export async function pipedStream(options: PipedStreamOptions): Promise<StreamDataset<unknown>> {
  const { uri, kind, fields, context } = options;
  if (fields && kind !== "samples") {
    throw new TypeError(`Cannot load ${uri} with fields: ${kind} of a stream have none`);
  }
  if (options.schema && kind !== "rows") {
    throw new TypeError(`Cannot load ${uri} by a schema: ${kind} have none`);
  }
  const end = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, end.signal]) : end.signal;
  const meter = new ReadMeter();
  const bytes = new PipedBytes(meter.measure(options.read(signal), context.clock), uri);
  const { samples, table } = await samplesOf(bytes, options, signal);
  const once = new OnceThrough(samples, uri);
  return {
    uri,
    context,
    fingerprint: fingerprintOf("piped", [kind, crypto.randomUUID()]),
    parts: 1,
    comesOnce: true,
    ...(table && { table, window: ROWS_WINDOW }),
    open: (_part, from, { signal: own, onRead }) => {
      meter.listen(onRead);
      return once.open(from, AbortSignal.any([signal, own]));
    },
    locate: (_part, record) => ({ uri, record }),
    [Symbol.asyncDispose]: () => {
      end.abort(new DOMException("The data set was disposed of", "AbortError"));
      return Promise.resolve();
    },
  };
}

/** Tells of reads; of those that came before anybody listens, once somebody does. */
class ReadMeter {
  #bytes = 0;
  #ms = 0;
  #onRead: OpenPartOptions["onRead"];

  async *measure(
    pieces: AsyncIterable<Uint8Array>,
    clock: Clock,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    let began = clock.monotonicMs();
    for await (const piece of pieces) {
      this.#bytes += piece.length;
      this.#ms += clock.monotonicMs() - began;
      this.#tell();
      yield piece;
      began = clock.monotonicMs();
    }
  }

  listen(onRead: OpenPartOptions["onRead"]): void {
    this.#onRead = onRead;
    this.#tell();
  }

  #tell(): void {
    if (!this.#onRead || this.#bytes === 0) return;
    this.#onRead(this.#bytes, this.#ms);
    this.#bytes = this.#ms = 0;
  }
}

interface PipedSamples {
  readonly samples: AsyncIterable<unknown>;
  readonly table?: SampleTable;
}

async function samplesOf(
  bytes: PipedBytes,
  { kind, fields, schema: given }: PipedStreamOptions,
  signal: AbortSignal,
): Promise<PipedSamples> {
  if (kind === "records") {
    const { readPipedRecords } = await import("@lade/formats/tfrecord");
    return { samples: recordSamples((onFault) => readPipedRecords(bytes, { signal, onFault }), 0) };
  }
  if (kind === "samples") {
    const { readPipedSamples } = await import("@lade/formats/webdataset");
    const samples = readPipedSamples(bytes, { signal, ...(fields && { fields }) });
    return { samples: fields ? withFields(samples, fields, bytes.uri) : samples };
  }
  const faults: { tell?: (fault: FormatError, row: number) => void } = {};
  const onFault = (fault: FormatError, row: number) => faults.tell?.(fault, row);
  const reader = await openText(bytes, { signal, onFault, ...(given && { schema: given }) });
  const open = (tell: NonNullable<typeof faults.tell>) => {
    faults.tell = tell;
    return Promise.resolve(reader);
  };
  return { samples: rowSamples(open, 0, signal), table: { schema: reader.schema, of: "rows" } };
}

/** Samples with these fields; one that none of them has is a `TypeError` behind the last. */
async function* withFields(samples: AsyncIterable<Sample>, fields: readonly string[], uri: string) {
  const chosen = new WantedFields(fields);
  for await (const sample of samples) {
    chosen.found(Object.keys(sample.fields));
    yield sample;
  }
  chosen.check(uri);
}

async function openText(
  bytes: PipedBytes,
  options: {
    readonly signal: AbortSignal;
    readonly schema?: Schema;
    readonly onFault: (fault: FormatError, row: number) => void;
  },
): Promise<TableReader> {
  const line = await firstLine(bytes);
  if (/^\s*\{/.test(line)) return await (await import("@lade/formats/jsonl")).openPipedJsonl(bytes, options);
  const { openPipedCsv } = await import("@lade/formats/csv");
  return await openPipedCsv(bytes, line.includes("\t") && !line.includes(",") ? "tsv" : "csv", options);
}

/** The first line of a text, or as much of it as tells what it is. */
async function firstLine(bytes: PipedBytes): Promise<string> {
  const compression = compressionOfMagic(await bytes.start(4));
  const stored = bytes.stream();
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of compression ? decompress({ stored, compression, uri: bytes.uri }) : stored) {
    text += decoder.decode(piece.subarray(0, HEAD), { stream: true });
    if (text.includes("\n") || text.length >= HEAD) break;
  }
  return text.split("\n", 1)[0] ?? "";
}

/** Samples that are gone through once. The first one may be looked at before. */
class OnceThrough<T> {
  readonly #uri: string;
  readonly #samples: AsyncIterator<T | LostSample>;
  #first: { readonly sample: T | LostSample } | undefined;
  #taken = 0;
  #isEnded = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(samples: AsyncIterable<T | LostSample>, uri: string) {
    this.#samples = samples[Symbol.asyncIterator]();
    this.#uri = uri;
  }

  async *open(from: number, signal: AbortSignal): AsyncGenerator<T | LostSample, void, undefined> {
    if (this.#taken > 1 || from > 0 || (this.#isEnded && this.#taken > 0)) {
      throw new TypeError(
        `Cannot go through ${this.#uri} again: its bytes came once, ${
          this.#isEnded ? `with ${this.#taken} samples` : "and are not all read"
        }; put them into an object, or ask for no more`,
      );
    }
    if (this.#first) yield this.#first.sample;
    while (true) {
      signal.throwIfAborted();
      // What it broke off with is never taken for its end.
      if (this.#failure) throw this.#failure.error;
      let next: IteratorResult<T | LostSample>;
      try {
        next = await this.#samples.next();
      } catch (error) {
        this.#failure = { error };
        throw error;
      }
      if (next.done) {
        this.#isEnded = true;
        return;
      }
      this.#first = this.#taken++ === 0 ? { sample: next.value } : undefined;
      yield next.value;
    }
  }
}
