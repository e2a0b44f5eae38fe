import { objectUri } from "@lade/core/backend";
import type { TransportResponse } from "@lade/service/http";
import type { S3Connection } from "../wire/s3_connection.ts";
import type { S3Request } from "../wire/s3_request.ts";
import { faultInsideSuccess } from "@lade/service/errors";
import { S3_FAULTS, S3Fault } from "../errors/s3_fault.ts";
import { objectHeaders, payerHeaders, sourceKeyHeaders } from "../headers/read_headers.ts";
import { attributeHeaders } from "../upload/write_headers.ts";
import type { Conduct } from "../traits/condition_kind.ts";

/** An etag that no object has: 128 bits of chance would have to agree. */
const NO_ETAG_BYTES = 16;

const MAX_ANSWER_BYTES = 2 ** 16;

const ABOUT_CONDITION = /if-(none-)?match|condition|header/i;

/**
 * The requests by which a service is asked what it does about conditions, and the objects that they make: empty ones
 * named `.lade-probe-…` beside the object that the condition is for. Disposing removes them for good.
 */
export class ProbeObjects implements AsyncDisposable {
  readonly #connection: S3Connection;
  readonly #directory: string;
  readonly #made = new Map<string, Set<string>>();

  /** Makes objects in the folder of `key`. */
  constructor(connection: S3Connection, key: string) {
    this.#connection = connection;
    this.#directory = key.slice(0, key.lastIndexOf("/") + 1);
  }

  /** A key that nobody has. */
  newKey(): string {
    return `${this.#directory}.lade-probe-${crypto.randomUUID()}`;
  }

  /** An etag that no object has, in quotes. */
  noEtag(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(NO_ETAG_BYTES));
    return `"${[...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")}"`;
  }

  /** What the service does about the condition among the headers of a write. */
  put(key: string, headers: Readonly<Record<string, string>>): Promise<Conduct> {
    return this.#write(key, headers);
  }

  /** Makes an object. */
  async make(): Promise<string> {
    const key = this.newKey();
    await this.#send(this.#putRequest(key, {}), key);
    return key;
  }

  /** What the service does about the condition among the headers of a copy. */
  copy(from: string, to: string, headers: Readonly<Record<string, string>>): Promise<Conduct> {
    const { bucket, config } = this.#connection;
    const source = `/${bucket}/${from.split("/").map(encodeURIComponent).join("/")}`;
    return this.#write(to, { ...headers, ...sourceKeyHeaders(config), "x-amz-copy-source": source });
  }

  /** What the service does about a condition on the deletion of an object. */
  delete(key: string, ifMatch: string): Promise<Conduct> {
    return this.#judge(
      { ...this.#deleteRequest(key), headers: { ...this.#payer(), "if-match": ifMatch } },
      key,
    );
  }

  /** Says that an object was made by other means. */
  made(key: string, version?: string): void {
    const versions = this.#made.get(key) ?? new Set();
    this.#made.set(key, versions.add(version ?? ""));
  }

  /** Removes every version that was made; what cannot be removed is reported. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const [key, versions] of this.#made) {
      try {
        for (const version of versions) await this.#remove(key, version);
        // A service may name a version by which it then deletes nothing.
        if (!versions.has("") && await this.#isThere(key)) await this.#delete(key, undefined);
      } catch (error) {
        const words = error instanceof Error ? error.message : String(error);
        this.#connection.tellTrait(`keeps ${JSON.stringify(key)}, which a probe made: ${words}`);
      }
    }
  }

  async #remove(key: string, version: string): Promise<void> {
    const query = version === "" || version === "null" ? undefined : { versionId: version };
    try {
      await this.#delete(key, query);
    } catch (error) {
      if (!query || !(error instanceof S3Fault) || error.status !== 403) throw error;
      // Where versions may not be deleted, a delete marker at least hides the object.
      return await this.#delete(key, undefined);
    }
  }

  async #delete(key: string, query: { readonly versionId: string } | undefined): Promise<void> {
    const request = { ...this.#deleteRequest(key), idempotent: true, headers: this.#payer() };
    await discard(await this.#connection.sendRaw(query ? { ...request, query } : request));
  }

  async #isThere(key: string): Promise<boolean> {
    try {
      const call = this.#call(key, "s3:GetObject");
      const headers = objectHeaders(this.#connection.config);
      await discard(await this.#connection.sendRaw({ method: "HEAD", key, headers, call }));
      return true;
    } catch {
      return false;
    }
  }

  #write(key: string, headers: Readonly<Record<string, string>>): Promise<Conduct> {
    return this.#judge(this.#putRequest(key, headers), key);
  }

  async #judge(request: S3Request, key: string): Promise<Conduct> {
    try {
      await this.#send(request, key);
      return "ignores";
    } catch (error) {
      const conduct = error instanceof S3Fault ? judge(error) : undefined;
      if (conduct === undefined) throw error;
      return conduct;
    }
  }

  /** Sends a request and remembers what it made, or may have made: an object, or a delete marker. */
  async #send(request: S3Request, key: string): Promise<void> {
    const writes = request.method === "PUT";
    try {
      const response = await this.#connection.sendRaw(request);
      const version = response.headers.get("x-amz-version-id");
      // Copies may fail though their status is 200.
      const text = await response.body.text(MAX_ANSWER_BYTES);
      const fault = writes ? faultInsideSuccess(S3_FAULTS, response.headers, text) : undefined;
      if (fault) throw fault;
      if (writes || response.headers.get("x-amz-delete-marker") === "true") this.made(key, version);
    } catch (error) {
      const refused = error instanceof S3Fault && error.status < 500;
      if (writes && !refused) this.made(key);
      throw error;
    }
  }

  #putRequest(key: string, headers: Readonly<Record<string, string>>): S3Request {
    return {
      method: "PUT",
      key,
      headers: { ...attributeHeaders(this.#connection.config, {}), ...headers },
      body: new Uint8Array(),
      payloadHash: EMPTY_SHA256,
      // Sent twice, the second would be judged by what the first one made.
      idempotent: false,
      call: this.#call(key, "s3:PutObject"),
    };
  }

  #deleteRequest(key: string): S3Request {
    return { method: "DELETE", key, idempotent: false, call: this.#call(key, "s3:DeleteObject") };
  }

  #payer(): Record<string, string> {
    return payerHeaders(this.#connection.config);
  }

  #call(key: string, permission: string): S3Request["call"] {
    return { operation: "probe", uri: objectUri(`s3://${this.#connection.bucket}`, key), permission };
  }
}

const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** What a refusal says of the condition that was sent; `undefined` where it is about something else. */
export function judge({ status, code, message }: S3Fault): Conduct | undefined {
  if (status === 412 || status === 304 || /^(PreconditionFailed|ConditionalRequestConflict)$/.test(code)) {
    return "holds";
  }
  if (code === "NoSuchKey") return "holds";
  if (status === 501 || status === 405 || code === "NotImplemented") return "refuses";
  return status === 400 && ABOUT_CONDITION.test(message) ? "refuses" : undefined;
}

async function discard(response: TransportResponse): Promise<void> {
  await response.body.discard();
}
