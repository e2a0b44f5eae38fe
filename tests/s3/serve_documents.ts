import { createStoreContext } from "@lade/core";
import { openS3Store, type S3Options, s3Provider, type S3Store } from "@lade/s3";
import { bare } from "./open_fake.ts";

/** What a service answers a request with: a document, or an answer of another kind. */
export type Answering = (query: URLSearchParams, request: Request) => string | Response;

/** A store of the bucket `bucket` of a service that answers by documents. */
export interface DocumentService extends AsyncDisposable {
  /** The store. */
  readonly store: S3Store;
  /** Its configuration. */
  readonly config: S3Options;
  /** Queries so far. */
  readonly queries: URLSearchParams[];
  /** Names of the account's buckets. */
  buckets(): Promise<string[]>;
}

/** Starts a service. */
export async function serveDocuments(answer: Answering): Promise<DocumentService> {
  const queries: URLSearchParams[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { searchParams } = new URL(request.url);
    queries.push(searchParams);
    const given = answer(searchParams, request);
    return typeof given === "string" ? new Response(given) : given;
  });
  const config: S3Options = {
    endpoint: `http://127.0.0.1:${server.addr.port}`,
    credentials: { accessKeyId: "id", secretAccessKey: "secret" },
  };
  const context = createStoreContext({ random: () => 0 });
  const store = await openS3Store("bucket", { config, context, surroundings: bare });
  return {
    store,
    config,
    queries,
    buckets: () => Array.fromAsync(s3Provider(bare).listContainers({ config: { ...config }, context })),
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await server.shutdown();
    },
  };
}

/** What a page has beside its objects. */
export interface PageRest {
  /** The text of `IsTruncated`; the page has none where absent. */
  readonly end?: string;
  /** Where the next page begins. */
  readonly token?: string;
  /** Other elements. */
  readonly more?: string;
}

/** A page of ListObjectsV2. */
export function page(keys: readonly string[], { end, token, more = "" }: PageRest = {}): string {
  return `<ListBucketResult>${end === undefined ? "" : `<IsTruncated>${end}</IsTruncated>`}` +
    `${token === undefined ? "" : `<NextContinuationToken>${token}</NextContinuationToken>`}` +
    `${more}${keys.map((key) => entry({ Key: key })).join("")}</ListBucketResult>`;
}

/** An entry of a page; a member that is undefined is left out. */
export function entry(members: Readonly<Record<string, string | undefined>>): string {
  const all = { Size: "1", LastModified: "2026-01-01T00:00:00.000Z", ...members };
  const inner = Object.entries(all).map(([name, text]) =>
    text === undefined ? "" : `<${name}>${text}</${name}>`
  );
  return `<Contents>${inner.join("")}</Contents>`;
}
