import type { ProviderOptions, ResolvedAccount, ResolvedUri } from "@lade/core";
import type { ShownSetting } from "@lade/core/settings";

/** A container that was opened. */
export interface OpenedContainer {
  /** Its URI, or that of all containers, such as `s3://`. */
  readonly uri: string;
  /** What is configured, and where each setting came from. */
  readonly settings: readonly ShownSetting[];
}

/** A call on a container, or without one on all of an account or a scheme. */
export type ContainerCall = ResolvedAccount & Partial<Pick<ResolvedUri, "container">>;

/** Reports each container once for each configuration, whether it is opened or only made, deleted or listed. */
export class OpenedContainers {
  readonly #listener: (opened: OpenedContainer) => void;
  readonly #told = new Set<string>();

  /** Reports to `listener`. */
  constructor(listener: (opened: OpenedContainer) => void) {
    this.#listener = listener;
  }

  /** Reports a container, unless it was reported with this configuration. */
  tell(uri: string, settings: readonly ShownSetting[], configured = ""): void {
    const told = `${uri} ${configured}`;
    if (this.#told.has(told)) return;
    this.#told.add(told);
    this.#listener({ uri, settings });
  }

  /** Options of a call on a container, an account or a scheme, by which its settings are reported. */
  callOptions(
    { provider, account = "", container, configured }: ContainerCall,
  ): Pick<ProviderOptions, "onSettings"> {
    const uri = () =>
      container === undefined
        ? `${provider.schemes[0]}://${account}`
        : provider.format({ container, key: "" });
    return { onSettings: (settings) => this.tell(uri(), settings, configured) };
  }
}
