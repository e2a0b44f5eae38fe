import type { Clock, ProviderOptions, ResolvedAccount, ResolvedUri } from "@lade/core";
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

/** Who asks may take long to find out; the call that needs it waits no longer than its signal lets it. */
const LONGEST_WAIT_MS = 1_000;

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

  /** Reports a container as soon as its settings are known, and resolves then, or after a second. */
  async tellSoon(
    { provider, container, configured }: Pick<ResolvedUri, "provider" | "container" | "configured">,
    asked: Promise<readonly ShownSetting[]>,
    clock: Clock,
  ): Promise<void> {
    const uri = provider.format({ container, key: "" });
    const told = asked.then((settings) => this.tell(uri, settings, configured));
    told.catch(() => {});
    const over = new AbortController();
    try {
      await Promise.race([told, clock.sleep(LONGEST_WAIT_MS, over.signal)]);
    } finally {
      over.abort();
    }
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
