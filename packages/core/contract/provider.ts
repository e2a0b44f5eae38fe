import type { ObjectStore } from "./object_store.ts";
import type { ListContainersOptions, ProviderOptions } from "./provider_options.ts";
import type { Check, DiagnoseOptions } from "./diagnosis.ts";
import type { UrlClaims } from "./url_claims.ts";
import type { ShownSetting } from "../settings/describe_settings.ts";
import type { BackendConfig } from "../settings/merge_configs.ts";
import type { SettingTable } from "../settings/setting.ts";

/** What a URI names: a container, and within it a key or (ending in `/`, or empty) a prefix. */
export interface Location {
  /** The container in the form `Provider.open` takes. */
  readonly container: string;
  /** The key or prefix; empty for the whole container. */
  readonly key: string;
}

/** What a backend registers for its schemes. */
export interface Provider {
  /** The URI schemes it serves, lower case, without the colon. */
  readonly schemes: readonly string[];
  /** What may be configured: how a configuration is merged over another. Without it names are merged as they stand. */
  readonly settingTable?: SettingTable;
  /**
   * Splits a URI, without any I/O, by what is configured for it. A URI that names no container or a forbidden name is an
   * `InvalidNameError`.
   */
  parse(uri: string, config?: BackendConfig): Location;
  /** The `https:` URLs of its services; absent where there are none. */
  readonly urls?: UrlClaims;
  /** The URI of a key (or prefix) of a container, such that `parse` gives them back. */
  format(location: Location): string;
  /**
   * All URIs under a prefix of which something may be configured for a location, that of `format` among them; absent where
   * there is no other.
   */
  spellings?(location: Location): readonly string[];
  /**
   * The account that a URI names, and no container in it, in the form that `listContainers` takes; `undefined` for any
   * other URI. Absent where containers are in no accounts.
   */
  accountOf?(uri: string, config?: BackendConfig): string | undefined;
  /** Opens a container. It need not exist yet: the first call to it says so. */
  open(container: string, options?: ProviderOptions): Promise<ObjectStore>;
  /** Makes a container; one that exists is an `AlreadyExistsError`. */
  createContainer(container: string, options?: ProviderOptions): Promise<void>;
  /** Deletes an empty container; a missing one is a `NotFoundError`, one that holds objects a `NotEmptyError`. */
  deleteContainer(container: string, options?: ProviderOptions): Promise<void>;
  /**
   * Lists the containers these credentials can see, as `open` takes them: of an account, else of the configured one;
   * `UnsupportedError` where a scheme has no such list.
   */
  listContainers(options?: ListContainersOptions): AsyncIterable<string>;
  /**
   * The settings of a store that this provider opened, the identity of its credentials, and where each came from. They
   * never hold a secret. Never rejects: what fails is an error of the store's first call.
   */
  settings?(store: ObjectStore): Promise<readonly ShownSetting[]>;
  /**
   * Finds out what works between here and a container or prefix, and what to do about the rest. A check that fails is
   * yielded, not thrown. Temporary objects are removed before the iteration ends, also when it is aborted or left.
   */
  diagnose?(location: Location, options?: DiagnoseOptions): AsyncIterable<Check>;
}
