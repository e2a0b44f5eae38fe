import type { ProviderOptions, Registry } from "@lade/core";
import { InvalidNameError } from "@lade/core/errors";

type Account = Awaited<ReturnType<Registry["resolveAccount"]>>;

/** The URIs of the containers of a scheme or an account. */
export async function* listContainerUris(
  uri: string,
  find: (uri: string) => Promise<Account>,
  optionsOf: (account: NonNullable<Account>) => ProviderOptions,
): AsyncGenerator<string> {
  const resolved = await find(uri.includes("://") ? uri : `${uri}://`);
  if (!resolved) {
    const detail = "a scheme or an account is needed";
    throw new InvalidNameError({ operation: "list the containers of", uri, detail });
  }
  const { provider, account } = resolved;
  const call = { ...optionsOf(resolved), ...(account !== undefined && { account }) };
  for await (const container of provider.listContainers(call)) {
    yield provider.format({ container, key: "" });
  }
}
