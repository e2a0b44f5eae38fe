import { HeaderList, ServiceFault } from "@lade/testing/http";
import { BytesContent } from "../../parts/content.ts";
import { AzureError, badHeader } from "../azure_error.ts";
import { CONTENT_FIELDS, plainAttributes, type StoredBlob } from "../store/stored_blob.ts";
import type { Call } from "./call.ts";
import { checkSourceConditions } from "./conditions.ts";

/** Longest URL of a source. */
const MAX_URL = 2048;

/** What a copy copies: a blob of one of the server's accounts, or whatever another server answers. */
export async function findSource(call: Call, isTrusted = false): Promise<StoredBlob> {
  const text = call.headers.get("x-ms-copy-source") ?? "";
  const url = URL.parse(text);
  if (!url || text.length > MAX_URL) throw badHeader("x-ms-copy-source", text);
  const headers = new HeaderList();
  headers.append("host", url.host);
  const authorization = call.headers.get("x-ms-copy-source-authorization");
  if (authorization !== undefined) {
    if (!authorization.startsWith("Bearer ")) throw badHeader("x-ms-copy-source-authorization", "");
    headers.append("authorization", authorization);
    headers.append("x-ms-version", call.version);
  }
  const source = isOwn(call, url) ? findOwn(call, url, headers, isTrusted) : await fetchForeign(url, headers);
  checkSourceConditions(call.headers, source);
  return source;
}

function isOwn({ server }: Call, url: URL): boolean {
  return url.origin === server.url() || server.accounts.has(url.hostname.split(".")[0] ?? "");
}

function findOwn(call: Call, url: URL, headers: HeaderList, isTrusted: boolean): StoredBlob {
  const target = `${url.pathname}${url.search}`;
  try {
    return call.server.findInner(
      { method: "GET", target, headers, allowed: ["GetBlob"] },
      isTrusted ? call : undefined,
    );
  } catch (error) {
    if (!(error instanceof ServiceFault)) throw error;
    throw unverified(error.status, error.code ?? "", error.message);
  }
}

async function fetchForeign(url: URL, headers: HeaderList): Promise<StoredBlob> {
  using client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  const { host: _, ...fields } = headers.toRecord();
  const response = await fetch(url, { client, headers: fields }).catch((error) => {
    throw unverified(400, "", String(error));
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (!response.ok) throw unverified(response.status, response.headers.get("x-ms-error-code") ?? "", "");
  const given = CONTENT_FIELDS.map((name) => [name, response.headers.get(name)]).filter(([, value]) =>
    value !== null
  );
  const metadata = [...response.headers].filter(([name]) => name.startsWith("x-ms-meta-"));
  return {
    ...plainAttributes(),
    fields: Object.fromEntries(given),
    metadata: new Map(metadata.map(([name, value]) => [name.slice("x-ms-meta-".length), value])),
    key: "",
    type: "BlockBlob",
    content: new BytesContent(bytes),
    blocks: [],
    etag: response.headers.get("etag") ?? "",
    lastModified: Date.parse(response.headers.get("last-modified") ?? "") || 0,
    createdOn: 0,
    legalHold: false,
    isDirectory: false,
  };
}

/** The refusal of a source that cannot be read, with the reason that its own service gave. */
function unverified(status: number, code: string, message: string): AzureError {
  return new AzureError("CannotVerifyCopySource", {
    status,
    ...(message !== "" && { message }),
    headers: {
      "x-ms-copy-source-status-code": String(status),
      ...(code !== "" && { "x-ms-copy-source-error-code": code }),
    },
  });
}
