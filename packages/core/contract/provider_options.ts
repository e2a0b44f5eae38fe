import type { ShownSetting } from "../settings/describe_settings.ts";
import type { BackendConfig } from "../settings/merge_configs.ts";
import type { Sessions } from "../context/sessions.ts";
import type { StoreContext } from "../context/store_context.ts";
import type { CallOptions } from "./types.ts";

/** Options of `Provider.open` and of the calls on containers. */
export interface ProviderOptions extends CallOptions {
  /** The clock, random source, byte budget and buffers to use; a context of its own by default. */
  readonly context?: StoreContext;
  /**
   * What stores and calls share: connections and credentials of each account. Without it a store has its own. The caller
   * disposes it.
   */
  readonly sessions?: Sessions;
  /** Configuration of the backend by name. An unknown name is a `TypeError` that lists the known ones. */
  readonly config?: BackendConfig;
  /**
   * Called with the settings of a call on containers before its first request, in the form of `Provider.settings`;
   * `Provider.open` never calls it.
   */
  readonly onSettings?: (settings: readonly ShownSetting[]) => void;
}

/** Options of `Provider.listContainers`. */
export interface ListContainersOptions extends ProviderOptions {
  /** An account, as `Provider.accountOf` gives it; the configured one by default. */
  readonly account?: string;
}
