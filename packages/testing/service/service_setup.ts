import type { ObjectStore, StoreContextOptions } from "@lade/core/backend";
import type { TransportOptions } from "@lade/service/http";
import type { FakeServer } from "../http/fake_server.ts";
import type { ForeignAnswerName } from "./foreign_answers.ts";

/** A call whose requests a backend declares. */
export type CountedCall =
  | "get()"
  | "getBytes()"
  | "getRange()"
  | "readInto()"
  | "stream()"
  | "readChunks()"
  | "copyObject() to another store"
  | "readInto() of five chunks"
  | "getMany() of 20 objects"
  | "head()"
  | "head() of a missing object"
  | "head() on a condition that does not hold"
  | "put()"
  | "put() of three parts"
  | "createWriter()"
  | "createWriter() of three parts"
  | "createPartWriter() of three parts"
  | "list()"
  | "listWithDelimiter()"
  | "delete()"
  | "deleteMany() of three objects"
  | "copy()"
  | "rename()";

/**
 * The requests that faults strike, whatever a service calls them: an object's bytes, its description, an object in one
 * request; the start, a part, the end and the removal of one in parts; a page of a listing; deletions and copies.
 */
export type ServiceOperation =
  | "read"
  | "head"
  | "write"
  | "begin"
  | "writePart"
  | "commit"
  | "drop"
  | "list"
  | "delete"
  | "deleteBatch"
  | "copy";

/** Requests by operation. */
export type RequestCounts = Readonly<Partial<Record<ServiceOperation, number>>>;

/** The container as it stands, by no request that the store makes or a fault strikes. */
export interface FakeContainer {
  /** Stores an object, or another in its place. */
  put(key: string, bytes: Uint8Array): void | Promise<void>;
  /** The bytes of an object. */
  bytes(key: string): Uint8Array | undefined | Promise<Uint8Array | undefined>;
  /** Removes an object. */
  remove(key: string): void | Promise<void>;
  /** The keys, in any order. */
  keys(): string[] | Promise<string[]>;
  /** How many writes were begun and neither finished nor removed; none where nothing begins. */
  unfinished(): number | Promise<number>;
}

/** What a store signs in with. */
export interface FakeCredentials {
  /** How often the store asked for some. */
  readonly issued: number;
  /** Makes those that were given out expired in the eyes of the service, though their holder cannot know. */
  expire(): void;
}

/** A fake service that runs, and a store of an empty container of it. Disposed when the case is over. */
export interface StartedService extends AsyncDisposable {
  /** The store. */
  readonly store: ObjectStore;
  /** The service. */
  readonly server: FakeServer;
  /** The container. */
  readonly container: FakeContainer;
  /** What the store signs in with, where that can expire. */
  readonly credentials?: FakeCredentials;
}

/** How a case wants its store. */
export interface StartOptions {
  /** Options of the store's context. */
  readonly context: StoreContextOptions;
  /** Options of its transport; they take precedence over the store's own. */
  readonly transport: TransportOptions;
  /** Bytes of a part; more are written in parts, where the service has them. */
  readonly partSize: number;
}

/** A service, its store, and what holds of them. */
export interface ServiceSetup {
  /** Starts the service and opens a store. */
  start(options: StartOptions): Promise<StartedService>;
  /**
   * What the fake calls each operation, by several names where there are several ways to it; absent are those that the
   * service, or the store, has no request for.
   */
  readonly operations: Readonly<Partial<Record<ServiceOperation, string | readonly string[]>>>;
  /** What the service refuses by when it is too busy; 503 by default. */
  readonly busy?: { readonly status: number; readonly code?: string };
  /** All requests of the calls that make others than the fewest that do: one, or for parts their beginning, each and the end. */
  readonly requests?: Readonly<Partial<Record<CountedCall, RequestCounts>>>;
  /** Answers of others that are believed of an endpoint that has shown nothing yet, since there are services that answer so. */
  readonly believed?: Readonly<Partial<Record<ServiceOperation, readonly ForeignAnswerName[]>>>;
  /** The credentials never expire; then `start()` gives none. */
  readonly lastingCredentials?: boolean;
  /** Bytes of a part in most cases; 2,000 by default. */
  readonly partSize?: number;
  /** Cases that the service cannot pass by its nature, by name, each with the reason. */
  readonly skip?: Readonly<Record<string, string>>;
  /** How long one case may take before it fails, in milliseconds; a minute by default. */
  readonly timeoutMs?: number;
}
