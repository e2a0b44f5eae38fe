import type { Provider, ProviderOptions } from "@lade/core/backend";

/** What a case of a provider works with. */
export interface ProviderContext {
  /** The provider under test. */
  readonly provider: Provider;
  /** A name that no container has or had, in the form `Provider.open` takes; another one each time. */
  newName(): string;
  /** What `open` and the calls on containers need to reach the service: configuration, a context. */
  readonly options?: ProviderOptions;
}

/** One promise of the contract, as a question to a provider. */
export interface ProviderCase {
  /** The promise: unique, and stable enough to name a case to skip. */
  readonly name: string;
  /** Asks, and throws where the answer is not the promised one. */
  run(context: ProviderContext): Promise<void>;
}
