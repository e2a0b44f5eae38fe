import { crc32c, crc32cToBase64 } from "@lade/codec/checksum";
import * as core from "@lade/core/backend";
import * as body from "@lade/service/body";
import * as calls from "@lade/service/call";
import { HTTP_ERRORS, ServiceFault } from "@lade/service/errors";
import { encodeStrict, type TransportOptions } from "@lade/service/http";
import { listPages, type Page, type PageReader } from "@lade/service/list";
import { getObject, headObject } from "@lade/service/objects";
import {
  type ServiceCopy,
  type ServiceOperations,
  ServiceStore,
  type ServiceTarget,
  serviceTarget,
  writeLimit,
} from "@lade/service/store";
import { type LoadedToken, TokenCache } from "@lade/service/tokens";

const CAPABILITIES: core.Capabilities = {
  attributes: true,
  expires: true,
  setAttributes: false,
  tags: false,
  modificationTime: false,
  storageClass: false,
  createOnly: true,
  compareAndSwap: true,
  conditionalDelete: true,
  conditionalCopy: true,
  versions: false,
  resumableWrites: false,
  atomicRename: true,
  presign: false,
};
const NAMES: body.HeaderNames = {
  service: "a depot",
  metadata: "depot-meta-",
  encodeMetadata: encodeURIComponent,
  decodeMetadata: decodeURIComponent,
  readChecksums: (headers) => ({ checksums: { crc32c: headers.get("depot-crc32c") ?? "" } }),
};
/** What is answered when all is done. */
const SLOW = { firstByteTimeoutMs: 300_000 };

/** How a depot is opened. */
export interface DepotOptions {
  readonly context?: core.StoreContext;
  readonly transport?: TransportOptions;
  /** Bytes of a part, and of what is put in one request at most; 8 MiB by default. */
  readonly partSize?: number;
}

/** Opens the depot at `url`; the secret is exchanged for a token when one is needed. */
export function openDepot(url: string, secret: string, options: DepotOptions = {}): core.ObjectStore {
  const { context = core.createStoreContext(), partSize: wholeUpTo = 2 ** 23, transport } = options;
  const { clock } = context;
  const uri = `depot://${new URL(url).host}`;
  const isSame = (one: calls.BearerToken, other: calls.BearerToken) => one.token === other.token;
  const tokens = new TokenCache<calls.BearerToken>({ load: signIn, renewable: true }, clock, isSame);
  const client = new calls.ServiceClient({
    url,
    service: NAMES.service,
    identity: "the holder of the secret",
    errors: HTTP_ERRORS,
    dialect: calls.jsonDialect((error) => ({ message: String(error) })),
    signs: { ids: ["depot-id"], prefixes: ["depot-"] },
    authorizer: () => new calls.BearerAuthorizer(tokens),
    context,
    transport,
  });
  const target = serviceTarget({
    uri,
    capabilities: CAPABILITIES,
    context,
    figures: client.figures,
    hedges: transport?.hedges,
    partSize: wholeUpTo,
    keyFault: (key) =>
      core.keyFault(key) ?? (/\p{Cc}/u.test(key) ? "the key has a control character" : undefined),
    metadataNameFault: (name) =>
      /^[a-z][\w-]*$/i.test(name) ? undefined : "the name is no word that begins with a letter",
  });

  async function signIn(): Promise<LoadedToken<calls.BearerToken>> {
    const call = { operation: "sign in to", uri: url };
    const once = { root: "token", authorizer: calls.NO_AUTHORIZER, idempotent: true, call };
    const request = { ...at("POST", "tokens"), headers: { "depot-secret": secret }, ...once };
    const { token, ends } = await client.readJson<{ token: string; ends: number }>(request);
    return { value: { token, expiration: new Date(ends) }, source: NAMES.service };
  }

  /** Sends a write, and tells what the answer shows to be stored. */
  async function write(request: Omit<calls.ClientRequest, "kind">, size?: number) {
    const { headers, throttled } = await client.send({ ...request, kind: "write" });
    const [stored, etag] = [body.readSize(headers.get("depot-size")), body.readEtag(headers)];
    if (stored === undefined || stored !== (size ?? stored)) {
      throw body.unlikeService(request.call, NAMES.service, `${stored} bytes are stored`);
    }
    const source = body.unquoteEtag(headers.get("depot-source-etag"));
    const result = { size: stored, ...(etag && { etag }), ...NAMES.readChecksums(headers, true, stored) };
    return { throttled, ...result, ...(source && { sourceEtag: source }) };
  }

  /** Where an object goes. */
  function sinkOf(key: string, given: core.WriterOptions, call: core.KeyCall): core.WriteSink {
    const headers = writeHeaders(given);
    let id = "";
    return {
      ...call,
      concurrency: writeLimit(target, given.concurrency),
      partLimits: { maxPartSize: 2 ** 30, maxParts: 10_000 },
      wholeUpTo,
      putWhole(bytes, signal) {
        const request = { ...at("PUT", "objects", key), ...once(given), body: bytes, signal, call };
        return write({ ...request, headers: { ...headers, ...sumOf(bytes) } }, bytes.length);
      },
      async begin(signal) {
        const request = { ...at("POST", "uploads"), root: "upload", signal, call };
        ({ id } = await client.readJson<{ id: string }>(request));
      },
      writePart({ index }, bytes, signal) {
        const request = { ...at("PUT", "parts", id), query: { index: `${index}` }, signal, call };
        return write({ ...request, headers: sumOf(bytes), body: bytes }, bytes.length);
      },
      commit(size, signal) {
        const request = { ...at("POST", "commits", id), query: { key }, idempotent: true, ...SLOW };
        return write({ ...request, headers, signal, call }, size);
      },
      async drop(signal) {
        const request = { ...at("DELETE", "uploads", id), kind: "removal", signal, call } as const;
        await client.send(request).catch((error) => {
          throw core.tellLeftover(error, `upload ${id}`);
        });
      },
    };
  }

  async function copy(
    { fromKey: from, toKey: to, calls: { from: source, to: call } }: ServiceCopy<ServiceTarget>,
    given: core.CopyOptions,
    move?: "yes",
  ) {
    const { attributes, sourceIfMatch, signal } = given;
    const match = sourceIfMatch !== undefined && { "depot-source-if-match": body.quoteEtag(sourceIfMatch) };
    const headers = { ...writeHeaders({ ...given, ...attributes }), ...match };
    const query = { from, attributes: attributes && "new", move };
    const repetition = move ? { idempotent: false } : once(given);
    const request = { ...at("PUT", "copies", to), query, headers, ...SLOW, ...repetition, signal, call };
    return await write(request).catch((error) => {
      throw error instanceof core.NotFoundError ? error.restated({ uri: source.uri }) : error;
    });
  }

  function list(prefix: string, given: core.ListOptions, delimiter?: "/") {
    const call = { operation: "list", uri: core.objectUri(uri, prefix) };
    const readPage: PageReader<core.ObjectMeta>["readPage"] = async ({ startAfter, token, signal }) => {
      const query = { prefix, delimiter, after: token ?? startAfter };
      const request = { ...at("GET", "list"), query, root: "page", signal, call };
      const { entries, ...page } = await client.readJson<Page<core.ObjectMeta>>(request);
      // JSON has no dates.
      return {
        ...page,
        entries: entries.map((entry) => ({ ...entry, lastModified: new Date(entry.lastModified) })),
      };
    };
    return listPages({ readPage }, { uri, prefix, delimiter }, given);
  }

  const served = (key: string, call: core.KeyCall) => {
    return {
      client,
      names: NAMES,
      key,
      path: at("GET", "objects", key).path,
      call,
      limit: target.limits.read,
    };
  };
  const operations: ServiceOperations<ServiceTarget> = {
    get: (_, key, given, call) => getObject(served(key, call), given),
    head: (_, key, given, call) => headObject(served(key, call), given),
    sink: (_, key, given, call) => sinkOf(key, given, call),
    list: (_, prefix, given, delimiter) => list(prefix, given, delimiter),
    async delete(_, key, given, call) {
      const headers = body.conditionHeaders(given);
      const request = { ...at("DELETE", "objects", key), headers, kind: "removal", ...once(given) } as const;
      await client.send({ ...request, signal: given.signal, call }).catch((error) => {
        if (!(error instanceof core.NotFoundError)) throw error;
      });
    },
    deleter: (_, single) => ({
      ...single,
      max: 1000,
      fits: ({ version }) => version === undefined,
      send: deleteBatch,
    }),
    copy: (asked, given, pin) => copy(asked, pin === undefined ? given : { ...given, sourceIfMatch: pin }),
    rename: async (asked, given) => void await copy(asked, given, "yes"),
  };
  return new ServiceStore(target, operations, () => client.close());

  async function deleteBatch(batch: readonly core.ObjectToDelete[], signal: AbortSignal | undefined) {
    const call = { operation: "delete", uri };
    const asked = batch.map((object) => ({ key: object.key, headers: body.conditionHeaders(object) }));
    const request = { ...at("POST", "deletions"), root: "deleted", signal, call, ...SLOW };
    const idempotent = batch.every(({ ifMatch }) => ifMatch === undefined);
    const bytes = new TextEncoder().encode(JSON.stringify(asked));
    const statuses = await client.readJson<number[]>({ ...request, idempotent, body: bytes });
    return batch.map(({ key }, i) => {
      const [status = 500, uri] = [statuses[i], core.objectUri(target.uri, key)];
      if (status === 204 || status === 404) return undefined;
      return client.translate(new ServiceFault({ status }), { ...call, uri }) as Error;
    });
  }
}

/** Sent twice, a conditional write would meet what the first one wrote. */
function once({ ifMatch, ifNoneMatch }: core.Preconditions): { readonly idempotent: boolean } {
  return { idempotent: ifMatch === undefined && ifNoneMatch === undefined };
}

function writeHeaders(given: core.PutOptions): Record<string, string> {
  return { ...body.attributesAsHeaders(NAMES, given), ...body.conditionHeaders(given) };
}

function at(method: string, room: string, name?: string): { readonly method: string; readonly path: string } {
  return { method, path: name === undefined ? `/${room}` : `/${room}/${encodeStrict(name)}` };
}

function sumOf(bytes: Uint8Array): { "depot-crc32c": string } {
  return { "depot-crc32c": crc32cToBase64(crc32c(bytes)) };
}
