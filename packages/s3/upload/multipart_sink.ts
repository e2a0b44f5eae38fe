import type { AdaptiveLimit, ObjectPart, PartSink, PutOptions, PutResult } from "@lade/core";
import type { MultipartUpload, SentPart } from "./multipart_upload.ts";
import { type PartSending, sendPart } from "./send_part.ts";

/** Sends the parts of an object of known size, each from where its bytes are. */
export class MultipartSink implements PartSink {
  readonly #upload: MultipartUpload;
  readonly #limit: AdaptiveLimit;
  readonly #sending: PartSending;
  readonly #options: PutOptions;
  readonly #sent: SentPart[] = [];

  constructor(sending: PartSending, options: PutOptions) {
    this.#upload = sending.upload;
    this.#limit = sending.limit;
    this.#sending = sending;
    this.#options = options;
  }

  get concurrency(): number {
    return this.#limit.current;
  }

  async write({ index }: ObjectPart, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    this.#sent[index] = await sendPart(this.#sending, index + 1, bytes, signal);
  }

  finish(signal: AbortSignal): Promise<PutResult> {
    return this.#upload.complete(this.#sent, this.#options, signal);
  }

  drop(): Promise<void> {
    return this.#upload.abort();
  }
}
