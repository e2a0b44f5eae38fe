import type { HeaderList, RequestBody, WireResponse } from "@lade/testing/http";
import type { Identity } from "../auth/authenticate.ts";
import type { Tokens } from "../auth/tokens.ts";
import { AzureError, badQuery } from "../azure_error.ts";
import { type Xml, xmlDocument } from "../../parts/write_xml.ts";
import type { Account } from "../store/account.ts";
import type { Container, Order } from "../store/container.ts";
import type { StoredBlob } from "../store/stored_blob.ts";
import type { Operation } from "./route.ts";

/** Limits and habits of the service; may change at any time. */
export interface ServerSettings {
  /** Largest body of Put Blob. */
  maxPutSize: number;
  /** Largest block. */
  maxBlockSize: number;
  /** Most blocks of a blob. */
  maxBlockCount: number;
  /** Most blocks that are in no list. */
  maxUncommittedBlocks: number;
  /** Most bytes that Put Blob From URL takes, of one request. */
  maxCopySize: number;
  /** Most bytes that Copy Blob From URL takes. */
  maxSyncCopySize: number;
  /** Most entries of a page. */
  maxPageSize: number;
  /** Most requests of a batch. */
  maxBatchCount: number;
  /** Put Blob From URL is not known, as to an older service or an emulator. */
  refusesPutBlobFromUrl: boolean;
  /** Batches are refused, as to identities that may only delete blob by blob. */
  refusesBatches: boolean;
  /** Most paths that one deletion of a directory removes. */
  maxPathDeletions: number;
  /** How long Copy Blob takes, in milliseconds of the server's clock; done with its answer where 0. */
  copyMs: number;
  /** Why copies that take a while fail; they do not where undefined. */
  copyFailure: string | undefined;
  /** How long a blob takes to leave the archive; one of high priority a tenth of it. */
  rehydrationMs: number;
  /** How long a container is being deleted. */
  containerDeletionMs: number;
  /** The order of listings without a hierarchical namespace. */
  order: "utf8" | "utf16";
  /** Names may have control characters. */
  allowsControlCharacters: boolean;
  /** Each page of a listing but the last is preceded by one without entries. */
  emptyPages: boolean;
  /** The version of the service for requests that name none. */
  version: string;
  /** The newest version of the service that it knows; requests of a newer one are refused. */
  newestVersion: string;
  /** How long tokens hold, in milliseconds. */
  tokenMs: number;
}

/** What operations work on. */
export interface ServerState {
  /** Limits and habits. */
  readonly settings: ServerSettings;
  /** Accounts by name. */
  readonly accounts: ReadonlyMap<string, Account>;
  /** The tokens. */
  readonly tokens: Tokens;
  /** Its time, milliseconds since the epoch. */
  now(): number;
  /** Another number with each call. */
  nextNumber(): number;
  /** A later time with each call, as versions and snapshots are named. */
  nextTimestamp(): string;
  /** Does something once that much of its time has gone, before the request that comes next. */
  later(delayMs: number, run: () => void): void;
  /** Where it is, without a slash at the end. */
  url(): string;
  /** Answers a request that came inside another one. */
  serveInner(request: InnerRequest): Promise<WireResponse>;
  /** The blob that a request inside another one reads, by its own authorization or by that of the other one's sender. */
  findInner(request: InnerRequest, outer: Call | undefined): StoredBlob;
}

/** A request that came inside another one: in a batch, or as the source of a copy. */
export interface InnerRequest {
  /** The method. */
  readonly method: string;
  /** The path and query as sent. */
  readonly target: string;
  /** The header fields, the host among them. */
  readonly headers: HeaderList;
  /** Operations that may be asked for. */
  readonly allowed: readonly Operation[];
}

/** One request that was understood and whose sender is known. */
export interface Call {
  /** The operation. */
  readonly operation: Operation;
  /** The query, decoded, names in lower case. */
  readonly query: ReadonlyMap<string, string>;
  /** The header fields. */
  readonly headers: HeaderList;
  /** The body; without one inside a batch. */
  readonly body?: RequestBody;
  /** The sender. */
  readonly identity: Identity;
  /** The account. */
  readonly account: Account;
  /** The path of the account's endpoint. */
  readonly accountPath: string;
  /** The name of the container, or an empty string. */
  readonly containerName: string;
  /** The name of the blob, or an empty string. */
  readonly key: string;
  /** The version of the service that is asked. */
  readonly version: string;
  /** A fault has the service pass over the range that is asked for. */
  readonly ignoresRange: boolean;
  /** What it works on. */
  readonly server: ServerState;
}

/** Does one operation. */
export type Handler = (call: Call) => Promise<WireResponse> | WireResponse;

/** The container of a call. */
export function containerOf({ account, containerName, operation }: Call): Container {
  const container = account.containers.get(containerName);
  if (container) return container;
  const isPath = /^(?:Path|Filesystem)/.test(operation);
  throw new AzureError(isPath ? "FilesystemNotFound" : "ContainerNotFound");
}

/** The order of listings of a call's account. */
export function orderOf({ account, server }: Call): Order {
  return account.hierarchical ? "hierarchical" : server.settings.order;
}

/** The server's time in whole seconds, as it is stored; milliseconds since the epoch. */
export function wholeSeconds({ server }: Pick<Call, "server">): number {
  return Math.floor(server.now() / 1000) * 1000;
}

/** An etag that nothing had before, in quotes. */
export function newEtag({ server }: Pick<Call, "server">): string {
  return `"0x8DD${server.nextNumber().toString(16).toUpperCase().padStart(12, "0")}"`;
}

/** A number in the query within bounds, `fallback` where it is absent. */
export function queryNumber({ query }: Call, name: string, most: number, fallback: number): number {
  const text = query.get(name);
  if (text === undefined) return fallback;
  if (!/^-?\d+$/.test(text)) throw badQuery(name, text);
  if (Number(text) < 1) throw new AzureError("OutOfRangeQueryParameterValue");
  return Math.min(Number(text), most);
}

/** An answer without a body. */
export function emptyResponse(status: number, headers: Record<string, string> = {}): WireResponse {
  return { status, headers, body: new Uint8Array(0), chunked: false };
}

/** An answer with a document, in chunks as the service sends it. */
export function xmlResponse(
  root: string,
  children: readonly (Xml | undefined)[],
  { headers = {}, attributes = "" }: { headers?: Record<string, string>; attributes?: string } = {},
): WireResponse {
  return {
    status: 200,
    headers: { ...headers, "Content-Type": "application/xml" },
    body: new TextEncoder().encode("\ufeff" + xmlDocument(root, children, attributes)),
    chunked: true,
  };
}
