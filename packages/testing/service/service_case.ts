import type { ObjectStore, StoreContextOptions } from "@lade/core/backend";
import type { TransportOptions } from "@lade/service/http";
import type { FakeServer } from "../http/fake_server.ts";
import type { Fault } from "../http/faults/fault.ts";
import type { FaultAction } from "../http/faults/fault_action.ts";
import type { RequestRecord } from "../http/request_record.ts";
import type { FaultMatch } from "../http/faults/fault_match.ts";
import type {
  FakeContainer,
  FakeCredentials,
  ServiceOperation,
  ServiceSetup,
  StartedService,
} from "./service_setup.ts";

/** One promise of a backend over HTTP, as a question to its store under a service that misbehaves. */
export interface ServiceCase {
  /** The promise: unique, and stable enough to name a case to skip. */
  readonly name: string;
  /** Requests that a service must have for the promise to be made. */
  readonly needs?: readonly ServiceOperation[];
  /** The credentials of the store can expire. */
  readonly needsCredentials?: boolean;
  /** Asks, and throws where the answer is not the promised one. */
  run(context: ServiceContext): Promise<void>;
}

/** How a case opens its store. */
export interface OpenOptions {
  /** Options of the store's context; no jitter by default, so that no real time is lost. */
  readonly context?: StoreContextOptions;
  /** Options of its transport. */
  readonly transport?: TransportOptions;
  /** Bytes of a part, in place of the suite's own. */
  readonly partSize?: number;
}

/** What a case works with. */
export class ServiceContext {
  /** The service and its store. */
  readonly setup: ServiceSetup;
  /** Bytes of a part. */
  readonly partSize: number;

  /** Takes the setup of a suite. */
  constructor(setup: ServiceSetup) {
    this.setup = setup;
    this.partSize = setup.partSize ?? 2000;
  }

  /** Starts the service and opens a store of an empty container. */
  async open(options: OpenOptions = {}): Promise<OpenedService> {
    const { context, transport = {}, partSize = this.partSize } = options;
    const started = await this.setup.start({
      context: context ?? { random: () => 0 },
      transport,
      partSize,
    });
    return new OpenedService(started, this.setup);
  }
}

/** A service that runs, with a store. */
export class OpenedService implements AsyncDisposable {
  /** The store. */
  readonly store: ObjectStore;
  /** The service. */
  readonly server: FakeServer;
  /** The container. */
  readonly container: FakeContainer;
  /** What the store signs in with. */
  readonly credentials: FakeCredentials | undefined;
  readonly #started: StartedService;
  /** The refusal of a service that is too busy. */
  readonly busy: Extract<FaultAction, { readonly kind: "status" }>;
  readonly #operations: ServiceSetup["operations"];

  /** Takes what was started. */
  constructor(started: StartedService, { operations, busy = { status: 503 } }: ServiceSetup) {
    this.#started = started;
    this.#operations = operations;
    this.store = started.store;
    this.server = started.server;
    this.container = started.container;
    this.credentials = started.credentials;
    this.busy = { kind: "status", ...busy };
  }

  /** Adds a fault for the requests of one operation, or of any. */
  strike(
    operation: ServiceOperation | "any",
    action: FaultAction | readonly FaultAction[],
    match: Omit<FaultMatch, "operation"> = {},
  ): Fault {
    const names = operation === "any" ? undefined : this.#namesOf(operation);
    return this.server.faults.add({
      match: { ...match, ...(names && { operation: names }) },
      action,
    });
  }

  /** The requests of an operation so far. */
  requestsTo(operation: ServiceOperation): readonly RequestRecord[] {
    const names = this.#namesOf(operation);
    return this.server.requests.filter(({ operation: name }) => name !== undefined && names.includes(name));
  }

  /** The number of requests of each operation since the last call; one that has no name here by its own. */
  countRequests(): Record<string, number> {
    const names = new Map(
      Object.entries(this.#operations).flatMap(([generic, names]) =>
        [names].flat().map((name) => [name, generic] as const)
      ),
    );
    const counts: Record<string, number> = {};
    for (const { operation = "?" } of this.server.requests.splice(0)) {
      const name = names.get(operation) ?? operation;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }

  /** What the fake calls an operation. */
  #namesOf(operation: ServiceOperation): readonly string[] {
    const names = this.#operations[operation];
    if (names === undefined) {
      throw new TypeError(`Cannot strike ${operation}: the service has no such request`);
    }
    return [names].flat();
  }

  /** Closes the store and stops the service. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#started[Symbol.asyncDispose]();
  }
}
