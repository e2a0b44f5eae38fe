import type { Provider, ProviderOptions } from "@lade/core";
import type { ShownSetting } from "@lade/core/settings";

/** A container that was opened. */
export interface OpenedContainer {
  /** Its URI, or that of all containers, such as `s3://`. */
  readonly uri: string;
  /** What is configured, and where each setting came from. */
  readonly settings: readonly ShownSetting[];
}

/** Tells of each container once, whether it is opened or only made, deleted or listed among others. */
export class OpenedContainers {
  readonly #listener: (opened: OpenedContainer) => void;
  readonly #told = new Set<string>();

  /** Tells `listener`. */
  constructor(listener: (opened: OpenedContainer) => void) {
    this.#listener = listener;
  }

  /** Tells of a container, unless that was done. */
  tell(uri: string, settings: readonly ShownSetting[]): void {
    if (this.#told.has(uri)) return;
    this.#told.add(uri);
    this.#listener({ uri, settings });
  }

  /** Options of a call on a container, or without one on all of a scheme, by which its settings are told. */
  callOptions(provider: Provider, container: string | undefined): Pick<ProviderOptions, "onSettings"> {
    const uri = () =>
      container === undefined ? `${provider.schemes[0]}://` : provider.format({ container, key: "" });
    return { onSettings: (settings) => this.tell(uri(), settings) };
  }
}
