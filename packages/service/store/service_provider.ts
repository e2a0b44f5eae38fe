import type { CallOptions, Check, Provider, ProviderOptions } from "@lade/core/backend";
import { abortable } from "../http/mod.ts";
import type { OpenOptions } from "../session/mod.ts";
import { ServiceStore } from "./service_store.ts";
import type { ServiceTarget } from "./service_target.ts";

/** What a service does with containers. */
export interface ContainerOperations<T> {
  /** Makes the container of a target. */
  create(target: T, signal?: AbortSignal): Promise<void>;
  /** Deletes it, where it is empty. */
  delete(target: T, signal?: AbortSignal): Promise<void>;
  /** Lists the containers of an account, as `open` takes them. */
  list(target: T, signal?: AbortSignal): AsyncIterable<string>;
}

/** What a provider is made of: forms of URIs, as a `Provider` has them, and how places are opened. */
export interface ServiceProviderSetup<T extends ServiceTarget, C, S extends object> extends
  Omit<
    Provider,
    "createContainer" | "deleteContainer" | "listContainers" | "settings" | "diagnose" | "open"
  > {
  /** What stands around the stores. */
  readonly surroundings: S;
  /** Checks options before they are used; throws a `TypeError`. */
  check(config: object): unknown;
  /** Opens a container. */
  open(container: string, options: OpenOptions<C, S>): Promise<ServiceStore<T>>;
  /** Opens the way to a container, or without one to an account; to the configured one where it is not named. */
  connect(
    operation: string,
    container: string | undefined,
    options: OpenOptions<C, S>,
    account: string | undefined,
  ): Promise<{ readonly target: T; readonly close: () => Promise<void> }>;
  /** Loads what the service does with containers. */
  containers(): Promise<ContainerOperations<T>>;
  /** Loads what examines a container. */
  diagnosis(): Promise<Diagnose<C, S>>;
}

/** Examines a container, or a prefix in it. */
export type Diagnose<C, S> = (
  container: string,
  options: OpenOptions<C, S> & { readonly prefix: string; readonly write: boolean },
) => AsyncIterable<Check>;

/** Makes the provider of a service. Containers are made, deleted and listed in a session that ends with the call. */
export function serviceProvider<T extends ServiceTarget, C extends object, S extends object>(
  { surroundings, check, open, connect, containers, diagnosis, ...forms }: ServiceProviderSetup<T, C, S>,
): Provider {
  const given = ({ signal, config = {}, context, sessions }: ProviderOptions & CallOptions) => {
    check(config);
    return {
      config: config as C,
      surroundings,
      ...(signal && { signal }),
      ...(context && { context }),
      ...(sessions && { sessions }),
    };
  };
  const enter = async (
    operation: string,
    container: string | undefined,
    options: ProviderOptions,
    account?: string,
  ) => {
    const { target, close } = await connect(operation, container, given(options), account);
    try {
      options.onSettings?.(await abortable(target.settings?.() ?? Promise.resolve([]), options.signal));
    } catch (error) {
      await close();
      throw error;
    }
    return { target, [Symbol.asyncDispose]: close };
  };
  return {
    ...forms,
    open: async (container, options = {}) => await open(container, given(options)),
    async createContainer(container, options = {}) {
      await using entered = await enter("create", container, options);
      await (await containers()).create(entered.target, options.signal);
    },
    async deleteContainer(container, options = {}) {
      await using entered = await enter("delete", container, options);
      await (await containers()).delete(entered.target, options.signal);
    },
    async *listContainers(options = {}) {
      await using entered = await enter("list", undefined, options, options.account);
      yield* (await containers()).list(entered.target, options.signal);
    },
    settings: async (store) => store instanceof ServiceStore ? await store.settings() : [],
    async *diagnose({ container, key: prefix }, options = {}) {
      const { write = false } = options;
      yield* (await diagnosis())(container, { ...given(options), prefix, write });
    },
  };
}
