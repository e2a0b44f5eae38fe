import type { ObjectStore } from "../contract/object_store.ts";
import type { Location, Provider } from "../contract/provider.ts";
import type { ProviderOptions } from "../contract/provider_options.ts";
import type { CallOptions } from "../contract/types.ts";
import { AlreadyExistsError, InvalidNameError, NotEmptyError, NotFoundError } from "../errors/errors.ts";
import { keyFault } from "../uri/check_key.ts";
import { compareKeys } from "../uri/compare_keys.ts";
import { parseUri } from "../uri/parse_uri.ts";
import { splitLocation } from "../uri/split_location.ts";
import { MemoryContainer } from "./memory_container.ts";
import { MemoryStore } from "./memory_store.ts";

/** Options of {@linkcode memoryProvider}. */
export interface MemoryProviderOptions {
  /** Whether the containers keep versions; `false` by default. */
  readonly versioning?: boolean;
}

/**
 * Makes a provider of `memory://name/key`. It holds its containers: two providers share nothing. Opening a name that
 * is not known makes the container.
 */
export function memoryProvider(options: MemoryProviderOptions = {}): Provider {
  return new MemoryProvider(options);
}

class MemoryProvider implements Provider {
  readonly schemes: readonly string[] = ["memory"];
  readonly #options: MemoryProviderOptions;
  readonly #containers = new Map<string, MemoryContainer>();

  constructor(options: MemoryProviderOptions) {
    this.#options = options;
  }

  parse(uri: string): Location {
    const { scheme, rest } = parseUri(uri);
    const { container, key } = splitLocation(rest);
    const fault = scheme !== "memory"
      ? `the scheme is ${JSON.stringify(scheme)}, not "memory"`
      : nameFault(container) ?? (key && keyFault(key));
    if (fault) throw new InvalidNameError({ operation: "parse", uri, detail: fault });
    return { container, key };
  }

  format({ container, key }: Location): string {
    checkName("format", container);
    return key === "" ? `memory://${container}` : `memory://${container}/${key}`;
  }

  async open(name: string, options: ProviderOptions = {}): Promise<ObjectStore> {
    checkOptions("open", name, options);
    let container = this.#containers.get(name);
    if (!container) this.#containers.set(name, container = this.#container(name));
    return new MemoryStore({ container, ...(options.context && { context: options.context }) });
  }

  async createContainer(name: string, options: ProviderOptions = {}): Promise<void> {
    checkOptions("create", name, options);
    if (this.#containers.has(name)) {
      throw new AlreadyExistsError({
        operation: "create",
        uri: `memory://${name}`,
        detail: "the container exists already",
      });
    }
    this.#containers.set(name, this.#container(name));
  }

  async deleteContainer(name: string, options: ProviderOptions = {}): Promise<void> {
    checkOptions("delete", name, options);
    const subject = { operation: "delete", uri: `memory://${name}` };
    const container = this.#containers.get(name);
    if (!container) throw new NotFoundError({ ...subject, detail: "no such container" });
    if (!container.isEmpty) throw new NotEmptyError({ ...subject, detail: "the container holds objects" });
    container.markDeleted();
    this.#containers.delete(name);
  }

  async *listContainers(options: CallOptions = {}): AsyncGenerator<string, void, void> {
    options.signal?.throwIfAborted();
    for (const name of [...this.#containers.keys()].sort(compareKeys)) {
      yield name;
      options.signal?.throwIfAborted();
    }
  }

  #container(name: string): MemoryContainer {
    return new MemoryContainer({ ...this.#options, name, service: this });
  }
}

function nameFault(name: string): string | undefined {
  if (name === "") return "the URI names no container";
  if (!name.isWellFormed()) return "the name is not valid Unicode";
  return name.includes("/") ? 'the name of a container has no "/"' : undefined;
}

function checkName(operation: string, name: string): void {
  const detail = nameFault(name);
  if (detail) throw new InvalidNameError({ operation, uri: `memory://${name}`, detail });
}

function checkOptions(operation: string, name: string, options: ProviderOptions): void {
  options.signal?.throwIfAborted();
  checkName(operation, name);
  const unknown = Object.keys(options.config ?? {});
  if (unknown.length === 0) return;
  throw new TypeError(
    `Cannot ${operation} "memory://${name}": unknown configuration ${
      unknown.join(", ")
    }, there is none to give`,
  );
}
