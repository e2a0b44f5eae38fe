import { providerCases } from "./cases/provider.ts";
import type { ProviderContext } from "./provider_case.ts";
import { registerCases, type RegisterOptions, type TestRunner } from "./register_cases.ts";

/** A provider for one case, and what clears up after it. Disposed when the case is over. */
export interface OpenedProvider extends ProviderContext, AsyncDisposable {}

/** Registers every case of the contract of providers as a test. `open` gives each case a provider. */
export function providerConformance(
  name: string,
  open: () => Promise<OpenedProvider>,
  test: TestRunner,
  options: RegisterOptions = {},
): void {
  registerCases(name, providerCases, test, options, async (one) => {
    await using opened = await open();
    await one.run(opened);
  });
}
