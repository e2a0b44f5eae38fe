import type { LayersOf } from "@lade/core";
import type { ConfigLayer } from "@lade/core/settings";

/**
 * Configuration by scheme, such as `{ file: { sync: "full" } }`, and by URI prefix, such as
 * `{ "s3://other/": { profile: "dev" } }`. A prefix ends in `/`. Of several that a URI begins with the longest holds; what
 * it does not say, the scheme's does.
 */
export type LadeConfig = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Finds what is configured for a URI. */
export class UriConfigs {
  readonly #schemes = new Map<string, ConfigLayer>();
  /** Those of prefixes, the longest first. */
  readonly #prefixes: ConfigLayer[] = [];
  readonly #layers = new Map<string, readonly ConfigLayer[]>();

  /** Takes the configuration for backends of these schemes. One for another scheme, or for no prefix, is a `TypeError`. */
  constructor(config: LadeConfig, known: readonly string[]) {
    const taken = new Set<string>();
    for (const [name, values] of Object.entries(config)) {
      const [, written = name, rest] = /^([^:]*):\/\/(.*)$/s.exec(name) ?? [];
      const scheme = written.toLowerCase();
      if (!known.includes(scheme)) {
        throw new TypeError(
          `Cannot configure scheme ${JSON.stringify(written)}: known are ${known.join(", ")}`,
        );
      }
      const prefix = rest === undefined ? scheme : `${scheme}://${rest}`;
      if (taken.has(prefix)) throw new TypeError(`Cannot configure ${JSON.stringify(prefix)} twice`);
      taken.add(prefix);
      if (rest === undefined) this.#schemes.set(scheme, { name: scheme, source: "option", config: values });
      else {
        if (rest === "" || !rest.endsWith("/")) {
          const detail = rest === ""
            ? `that of the scheme is ${JSON.stringify(scheme)}`
            : "a URI prefix ends in /";
          throw new TypeError(`Cannot configure ${JSON.stringify(name)}: ${detail}`);
        }
        this.#prefixes.push({ name: prefix, source: `the configuration of ${prefix}`, config: values });
      }
    }
    this.#prefixes.sort((a, b) => b.name.length - a.name.length);
  }

  /** What is configured for a location of a backend of these schemes, the nearest first. A URI may lack the slash at its end. */
  readonly layersOf: LayersOf = (uris, schemes) => {
    if (this.#prefixes.length === 0) return this.ofScheme(schemes);
    const below = uris.map((uri) => `${uri.replace(/^[^:]*/, (scheme) => scheme.toLowerCase())}/`);
    const found = this.#prefixes.find(({ name }) => below.some((uri) => uri.startsWith(name)));
    return found
      ? this.#once(`${found.name} ${schemes[0]}`, () => [found, ...this.ofScheme(schemes)])
      : this.ofScheme(schemes);
  };

  /** What is configured for all of a backend of these schemes. */
  ofScheme(schemes: readonly string[]): readonly ConfigLayer[] {
    return this.#once(schemes[0] ?? "", () => {
      const found = schemes.map((scheme) => this.#schemes.get(scheme)).find((layer) => layer !== undefined);
      return found ? [found] : [];
    });
  }

  /** The same array each time, which a registry merges once. */
  #once(name: string, make: () => readonly ConfigLayer[]): readonly ConfigLayer[] {
    const layers = this.#layers.get(name) ?? make();
    this.#layers.set(name, layers);
    return layers;
  }
}
