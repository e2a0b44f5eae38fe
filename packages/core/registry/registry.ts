import type { StoreContext } from "../context/store_context.ts";
import { createStoreContext } from "../context/store_context.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import type { CallOptions } from "../contract/types.ts";
import type { Location, Provider } from "../contract/provider.ts";
import type { ClaimedUrl, ConfigOf, UrlClaims } from "../contract/url_claims.ts";
import { InvalidNameError } from "../errors/errors.ts";
import { type BackendConfig, type ConfigLayer, mergeConfigs } from "../settings/merge_configs.ts";
import { ownUriOf } from "../text/near_uri.ts";
import { parseServiceUrl } from "../uri/parse_service_url.ts";
import { parseUri } from "../uri/parse_uri.ts";

/** A provider that is loaded when one of its schemes is first used. */
export interface LazyProvider {
  /** The URI schemes it serves, lower case, without the colon. */
  readonly schemes: readonly string[];
  /** Loads the provider. */
  load(): Promise<Provider>;
  /** Loads what knows the URLs of its services, without the provider; absent where there are none. */
  loadUrls?(): Promise<UrlClaims>;
}

/** Options of {@linkcode Registry}. */
export interface RegistryOptions {
  /** What all stores opened through this registry share; a new context by default. */
  readonly context?: StoreContext;
}

/** Options of {@linkcode Registry.open}. */
export interface OpenOptions extends CallOptions {
  /** Configuration of the backend by name. An unknown name is a `TypeError` that lists the known ones. */
  readonly config?: BackendConfig;
}

/**
 * Finds what is configured for a location of a backend of these schemes, by any of its URIs, the nearest first. The same
 * layers in the same array are merged once.
 */
export type LayersOf = (uris: readonly string[], schemes: readonly string[]) => readonly ConfigLayer[];

/** A URI and who serves it. */
export interface ResolvedUri extends Location {
  /** Serves the URI's scheme. */
  readonly provider: Provider;
  /** What is configured for it; absent where nothing is. */
  readonly config?: BackendConfig;
  /** The names of the layers that this is made of: equal ones are one configuration. */
  readonly configured: string;
}

type Merged = Pick<ResolvedUri, "config" | "configured">;

/** An account, or without one all of a scheme, and who serves it. */
export interface ResolvedAccount extends Pick<ResolvedUri, "provider" | "config" | "configured"> {
  /** The account as `Provider.listContainers` takes it; absent for the configured one. */
  readonly account?: string;
}

/** An opened container, and what the URI named in it. */
export interface OpenedUri {
  /** The container's store. The caller disposes it. */
  readonly store: ObjectStore;
  /** The key or prefix; empty for the whole container. */
  readonly key: string;
}

/** Finds the provider of a URI by its scheme, and of a URL by its host. A value, not a global: two registries share nothing. */
export class Registry {
  /** What all stores opened through this registry share. */
  readonly context: StoreContext;
  readonly #providers = new Map<string, LazyProvider>();
  readonly #merged = new WeakMap<readonly ConfigLayer[], Merged>();

  /** Makes an empty registry. */
  constructor(options: RegistryOptions = {}) {
    this.context = options.context ?? createStoreContext();
  }

  /** The schemes that are registered, in order of registration. */
  get schemes(): string[] {
    return [...this.#providers.keys()];
  }

  /** Adds a provider for its schemes. A scheme that is taken is a `TypeError`. */
  register(provider: Provider | LazyProvider): this {
    const lazy = "load" in provider ? once(provider) : loaded(provider);
    for (const scheme of provider.schemes) {
      if (this.#providers.has(scheme)) {
        throw new TypeError(`Cannot register scheme ${JSON.stringify(scheme)}: it is registered already`);
      }
      this.#providers.set(scheme, lazy);
    }
    return this;
  }

  /** Loads the provider of a scheme. An unknown scheme is an `InvalidNameError` that lists the known ones. */
  async provider(uri: string): Promise<Provider> {
    const { scheme } = parseUri(uri);
    const lazy = this.#providers.get(scheme);
    if (!lazy) {
      const own = ownUriOf(uri);
      throw new InvalidNameError({
        operation: "open",
        uri,
        detail: `unknown scheme ${JSON.stringify(scheme)}, known are ${this.schemes.join(", ")}`,
        advice: own !== undefined && this.#providers.has(parseUri(own).scheme)
          ? `write ${JSON.stringify(own)}`
          : undefined,
      });
    }
    return await lazy.load();
  }

  /**
   * Finds who serves a URI, what it names and what is configured for it, and asks no service. An `https:` URL is that of
   * the one provider that claims it; one that nobody claims, or several do, is an `InvalidNameError`.
   */
  async resolve(uri: string, layersOf: LayersOf = () => []): Promise<ResolvedUri> {
    const claimed = await this.#claimed(uri, layersOf);
    const own = claimed?.uri ?? uri;
    const provider = await this.provider(own);
    const configured = (uris: readonly string[]) =>
      this.#configured(provider, uris, layersOf, claimed?.config);
    const asWritten = configured([own]);
    const location = provider.parse(own, asWritten.config);
    const spellings = provider.spellings?.(location);
    return { provider, ...location, ...(spellings ? configured(spellings) : asWritten) };
  }

  /** The account that a URI names, and no container in it, with who serves it; `undefined` for any other URI. */
  async resolveAccount(uri: string, layersOf: LayersOf = () => []): Promise<ResolvedAccount | undefined> {
    const claimed = await this.#claimed(uri, layersOf);
    const own = claimed?.uri ?? uri;
    const provider = await this.provider(own);
    const merged = this.#configured(provider, [own], layersOf, claimed?.config);
    const isAll = parseUri(own).rest === "";
    const account = isAll ? undefined : provider.accountOf?.(own, merged.config);
    return isAll || account !== undefined
      ? { provider, ...(account !== undefined && { account }), ...merged }
      : undefined;
  }

  #configured(
    provider: Provider,
    uris: readonly string[],
    layersOf: LayersOf,
    ofUrl: BackendConfig | undefined,
  ): Merged {
    const layers = layersOf(uris, provider.schemes);
    if (ofUrl) {
      const merged = mergeLayers(provider, [urlLayer(provider, ofUrl), ...layers]);
      // Two URLs of one container may say different things.
      return { ...merged, configured: [JSON.stringify(ofUrl), ...layers.map(({ name }) => name)].join(" ") };
    }
    const merged = this.#merged.get(layers) ?? mergeLayers(provider, layers);
    this.#merged.set(layers, merged);
    return merged;
  }

  async #claimed(uri: string, layersOf: LayersOf): Promise<ClaimedUrl | undefined> {
    if (!/^https?:/i.test(uri) || this.#providers.has(parseUri(uri).scheme)) return undefined;
    const url = parseServiceUrl(uri);
    if (!url) return undefined;
    const forms = new Set<string>();
    let failure: { readonly error: unknown } | undefined;
    const claims: (readonly [scheme: string, claimed: ClaimedUrl])[] = [];
    for (const { schemes, loadUrls } of new Set(this.#providers.values())) {
      const urls = await loadUrls?.();
      if (!urls) continue;
      for (const form of urls.forms) forms.add(form);
      const configOf: ConfigOf = (uri, table) => mergeConfigs(table, layersOf([uri], schemes));
      try {
        const claimed = await urls.claim(url, configOf);
        if (claimed) claims.push([schemes[0] ?? "", claimed]);
      } catch (error) {
        // What is wrong with one backend's configuration matters only where no other backend claims the URL.
        if (error instanceof InvalidNameError) throw error;
        failure ??= { error };
      }
    }
    const [first, second] = claims;
    if (first && !second) return first[1];
    if (!first && failure) throw failure.error;
    const detail = first
      ? `${claims.map(([scheme]) => `${scheme}://`).join(" and ")} claim the host ${JSON.stringify(url.host)}`
      : `no store serves the host ${JSON.stringify(url.host)}, known are ${[...forms].join(", ") || "none"}`;
    throw new InvalidNameError({ operation: "open", uri: url.text, detail });
  }

  /** Opens the container that a URI names. */
  async open(uri: string, options: OpenOptions = {}): Promise<OpenedUri> {
    const { config, ...call } = options;
    const layer = (schemes: readonly string[]) => ({ name: schemes[0] ?? "", source: "option", config });
    const resolved = await this.resolve(uri, (_, schemes) => config ? [{ ...layer(schemes), config }] : []);
    const { provider, container, key } = resolved;
    const store = await provider.open(container, {
      ...call,
      ...(resolved.config && { config: resolved.config }),
      context: this.context,
    });
    return { store, key };
  }
}

function mergeLayers({ settingTable }: Provider, layers: readonly ConfigLayer[]): Merged {
  const config = mergeConfigs(settingTable, layers);
  return { ...(config && { config }), configured: layers.map(({ name }) => name).join(" ") };
}

/** What a URL says of itself comes before all that is configured. */
function urlLayer({ schemes }: Provider, config: BackendConfig): ConfigLayer {
  return { name: schemes[0] ?? "", source: "the URL", config };
}

function loaded(provider: Provider): LazyProvider {
  const { schemes, urls } = provider;
  return {
    schemes,
    load: () => Promise.resolve(provider),
    ...(urls && { loadUrls: () => Promise.resolve(urls) }),
  };
}

function once(provider: LazyProvider): LazyProvider {
  let loading: Promise<Provider> | undefined;
  const load = () =>
    loading ??= provider.load().catch((error) => {
      loading = undefined;
      throw error;
    });
  const { schemes, loadUrls } = provider;
  return { schemes, load, ...(loadUrls && { loadUrls }) };
}
