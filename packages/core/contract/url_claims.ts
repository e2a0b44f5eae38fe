import type { BackendConfig } from "../settings/merge_configs.ts";
import type { SettingTable } from "../settings/setting.ts";

/** An `https:` or `http:` URL, cut and not decoded. */
export interface ServiceUrl {
  /** The URL up to its query, which may hold secrets. */
  readonly text: string;
  /** Whether by TLS. */
  readonly secure: boolean;
  /** The host in lower case, with its port where that is not the scheme's own. */
  readonly host: string;
  /** The path as it stands: empty, or from its first slash on. */
  readonly path: string;
  /** What follows the first `?`, as it stands; absent where there is none. */
  readonly query?: string;
}

/** What an URL of a service stands for. */
export interface ClaimedUrl {
  /** The URI of the same object, prefix or container, by a scheme of the provider. */
  readonly uri: string;
  /** What the URL says beyond that, which comes before all that is configured. */
  readonly config?: BackendConfig;
}

/** Finds what is configured for a URI of the provider's, by its table. */
export type ConfigOf = (uri: string, table?: SettingTable) => BackendConfig | undefined;

/** The URLs that are addresses of a provider's services. */
export interface UrlClaims {
  /** How such URLs look, for messages: `https://BUCKET.s3.REGION.amazonaws.com`. */
  readonly forms: readonly string[];
  /**
   * What a URL of one of the provider's services stands for; `undefined` for a URL of any other host. Names in it are
   * decoded once. One that says what is not honoured, such as a query, is an `InvalidNameError`. Rejects with a `TypeError`
   * where the configuration is wrong. Asks no service.
   */
  claim(url: ServiceUrl, configOf: ConfigOf): Promise<ClaimedUrl | undefined>;
}
