import { crc32c, crc32cToBase64 } from "@lade/codec/checksum";
import * as fake from "@lade/testing/http";

type Headers = Readonly<Record<string, string>>;
type Stored = { bytes: Uint8Array<ArrayBuffer>; etag: string; lastModified: number; attributes: Headers };
type Upload = { parts: Uint8Array<ArrayBuffer>[]; made?: Stored };

const ATTRIBUTE = /^(?:content-(?:type|encoding|disposition|language)|cache-control|expires|depot-meta-.+)$/;

/**
 * A depot: an object service with the rooms `/objects/KEY`, `/copies/KEY`, `/uploads/ID`, `/parts/ID`, `/commits/ID`,
 * `/list`, `/deletions` and `/tokens`. Its documents are JSON of one member, and each answer bears a `Depot-Id`.
 */
export class FakeDepot extends fake.FakeServer {
  /** The tokens that were given out for the secret, and when each ends. */
  readonly tokens: Map<string, number> = new Map();
  /** The objects by key. */
  readonly objects: Map<string, Stored> = new Map();
  /** Uploads by id. */
  readonly uploads: Map<string, Upload> = new Map();
  #lastNumber = 0;

  /** Stores an object, if the conditions among `headers` hold. */
  put(key: string, given: Uint8Array, headers: Headers = {}, attributes = attributesIn(headers)): Stored {
    const { "if-match": match, "if-none-match": none } = headers;
    const etag = this.objects.get(key)?.etag;
    if ((match !== undefined && match !== etag) || (none && etag)) throw fault(412, "the object changed");
    const lastModified = Math.floor(this.clock() / 1000) * 1000;
    const stored = { bytes: given.slice(), etag: `"${++this.#lastNumber}"`, lastModified, attributes };
    this.objects.set(key, stored);
    return stored;
  }

  protected override describe(record: fake.UnreadRequest, head: fake.RequestHead): fake.RequestRecord {
    const [, room = "", name = ""] = head.rawPath.split("/");
    const query = Object.fromEntries(new URLSearchParams(head.rawQuery));
    return { ...record, operation: `${head.method} ${room}`, key: decodeURIComponent(name), query };
  }

  protected override async serve(request: fake.ServedRequest): Promise<fake.WireResponse> {
    const { operation, key, query, headers } = request.record;
    const bytes = await request.body.bytes();
    const { "depot-crc32c": sum = sumOf(bytes), authorization = "" } = headers;
    const endsMs = this.tokens.get(authorization.replace("Bearer ", "")) ?? 0;
    if (operation !== "POST tokens" && endsMs <= this.clock()) throw fault(401, "the token has ended");
    if (sum !== sumOf(bytes)) throw fault(400, "the bytes are not those that were sent");
    switch (operation) {
      case "POST tokens": {
        if (headers["depot-secret"] !== "open sesame") throw fault(403, "the secret is wrong");
        const [token, ends] = [`T${++this.#lastNumber}`, this.clock() + 3_600_000];
        this.tokens.set(token, ends);
        return fake.jsonResponse({ token: { token, ends } });
      }
      case "GET objects":
      case "HEAD objects": {
        const { bytes, etag: ETag, lastModified, attributes } = this.#find(key);
        const told = { ...attributes, ETag, "Last-Modified": new Date(lastModified).toUTCString() };
        return fake.objectResponse(request, bytes, { ...told, "Depot-Crc32c": sumOf(bytes) });
      }
      case "PUT objects":
        return receipt(this.put(key, bytes, headers));
      case "DELETE objects": {
        const status = this.#delete(key, headers);
        if (status !== 204) throw fault(status, "nothing is deleted");
        return fake.emptyResponse(204);
      }
      case "PUT copies": {
        const { from = "", attributes, move } = query;
        const found = this.#find(from);
        if ((headers["depot-source-if-match"] ?? found.etag) !== found.etag) {
          throw fault(412, "the source changed");
        }
        const kept = attributes ? attributesIn(headers) : found.attributes;
        const copy = this.put(key, found.bytes, headers, kept);
        if (move && from !== key) this.objects.delete(from);
        return receipt(copy, { "Depot-Source-ETag": found.etag });
      }
      case "POST uploads":
        this.uploads.set(`U${++this.#lastNumber}`, { parts: [] });
        return fake.jsonResponse({ upload: { id: `U${this.#lastNumber}` } });
      case "PUT parts":
        this.#upload(key).parts[Number(query["index"])] = bytes;
        return receipt({ bytes, etag: `"${sumOf(bytes)}"` });
      case "POST commits": {
        const upload = this.#upload(key);
        const whole = new Uint8Array(await new Blob(upload.parts).arrayBuffer());
        // A commit that comes again gets the answer of the first.
        return receipt(upload.made ??= this.put(query["key"] ?? "", whole, headers));
      }
      case "DELETE uploads":
        this.uploads.delete(key);
        return fake.emptyResponse(204);
      case "POST deletions": {
        const objects: { key: string; headers: Headers }[] = JSON.parse(new TextDecoder().decode(bytes));
        return fake.jsonResponse({
          deleted: objects.map(({ key, headers }) => this.#delete(key, headers)),
        });
      }
      case "GET list": {
        const { names, next } = fake.listNames(this.objects.keys(), query);
        const entries = names.filter(({ isPrefix }) => !isPrefix).map(({ name: key }) => {
          const { bytes: { length: size }, etag, lastModified } = this.#find(key);
          return { key, size, etag: etag.slice(1, -1), lastModified };
        });
        const prefixes = names.filter(({ isPrefix }) => isPrefix).map(({ name: prefix }) => ({ prefix }));
        return fake.jsonResponse({ page: { entries, prefixes, next } });
      }
    }
    throw fault(405, "there is no such room");
  }

  protected override refuse({ status, message, headers, redirectTo }: fake.ServiceFault): fake.WireResponse {
    const answer = status === 304 ? fake.emptyResponse(304) : fake.jsonResponse({ error: message }, status);
    const location = redirectTo === undefined ? {} : { Location: redirectTo };
    return { ...answer, headers: { ...answer.headers, ...headers, ...location } };
  }

  protected override commonHeaders(record: fake.RequestRecord): Record<string, string> {
    return { ...super.commonHeaders(record), "Depot-Id": String(record.id) };
  }

  #find(key: string): Stored {
    const found = this.objects.get(key);
    if (!found) throw fault(404, "there is no such object");
    return found;
  }

  #delete(key: string, { "if-match": match }: Headers): number {
    const found = this.objects.get(key);
    if (match !== undefined && found && found.etag !== match) return 412;
    return this.objects.delete(key) ? 204 : 404;
  }

  #upload(id: string): Upload {
    const upload = this.uploads.get(id);
    if (!upload) throw fault(404, "there is no such upload");
    return upload;
  }
}

function fault(status: number, message: string): fake.ServiceFault {
  return new fake.ServiceFault({ status, message });
}

function sumOf(bytes: Uint8Array): string {
  return crc32cToBase64(crc32c(bytes));
}

function attributesIn(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => ATTRIBUTE.test(name)));
}

function receipt({ bytes, etag }: Pick<Stored, "bytes" | "etag">, headers: Headers = {}): fake.WireResponse {
  const told = { ETag: etag, "Depot-Size": String(bytes.length), "Depot-Crc32c": sumOf(bytes) };
  return fake.emptyResponse(201, { ...told, ...headers });
}
