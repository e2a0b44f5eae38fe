import { createHash } from "node:crypto";
import {
  ByteReader,
  EndOfStreamError,
  FramingError,
  type HeaderList,
  type RequestBody,
} from "@lade/testing/http";
import { S3Error } from "../s3_error.ts";
import type { Identity } from "./authenticate.ts";
import { readAwsChunks } from "./aws_chunked.ts";

/** The body of a request with its transfer forms taken off and its signatures checked. */
export class Payload {
  readonly #body: RequestBody;
  readonly #identity: Identity;

  /** Bytes the object will have, as the client declared them. */
  readonly length: number | undefined;
  /** Fields after the last chunk; complete once every byte was read. */
  readonly trailers: Map<string, string> = new Map();
  /** The trailer names the client announced, lower-case. */
  readonly announced: readonly string[];

  /** Takes the body over. */
  constructor(body: RequestBody, identity: Identity, headers: HeaderList) {
    this.#body = body;
    this.#identity = identity;
    this.announced = (headers.get("x-amz-trailer") ?? "").toLowerCase().split(",").map((name) => name.trim())
      .filter((name) => name !== "");
    this.length = body.declaredLength;
    if (identity.payload.kind === "chunks") {
      const decoded = headers.get("x-amz-decoded-content-length");
      this.length = decoded !== undefined && /^\d+$/.test(decoded) ? Number(decoded) : undefined;
    }
  }

  /**
   * The bytes as they arrive. Throws an {@linkcode S3Error} where a length, hash or signature is wrong, the
   * last at the end of what it covers.
   */
  async *bytes(): AsyncGenerator<Uint8Array, void, undefined> {
    let received = 0;
    try {
      for await (const piece of this.#decode()) {
        received += piece.length;
        yield piece;
      }
    } catch (error) {
      if (error instanceof EndOfStreamError) throw new S3Error("IncompleteBody");
      if (error instanceof FramingError) throw new S3Error("InvalidRequest", { message: error.message });
      throw error;
    }
    if (this.#identity.payload.kind === "chunks" && received !== this.length) {
      throw new S3Error("IncompleteBody", {
        message: "The request body does not match x-amz-decoded-content-length",
      });
    }
  }

  async *#decode(): AsyncGenerator<Uint8Array, void, undefined> {
    const { payload, signing } = this.#identity;
    if (payload.kind === "chunks") {
      const reader = new ByteReader(() => this.#body.next());
      yield* readAwsChunks(reader, {
        trailer: payload.trailer,
        announced: this.announced,
        trailers: this.trailers,
        signing: payload.signed ? signing : undefined,
      });
      // What follows the last chunk must be nothing.
      if (await reader.some(1) !== null) throw new FramingError("there are bytes after the last chunk");
      return;
    }
    const hash = payload.kind === "sha256" ? createHash("sha256") : undefined;
    for (let piece = await this.#body.next(); piece !== null; piece = await this.#body.next()) {
      hash?.update(piece);
      yield piece;
    }
    const computed = hash?.digest("hex");
    if (payload.kind === "sha256" && computed !== undefined && computed !== payload.hex) {
      throw new S3Error("XAmzContentSHA256Mismatch", {
        details: { ClientComputedContentSHA256: payload.hex, S3ComputedContentSHA256: computed },
      });
    }
  }
}
