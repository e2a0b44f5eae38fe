import { system } from "@lade/core/system";

/** The name of this machine; `undefined` where the process may not ask for it. */
export function hostname(): string | undefined {
  try {
    return system.hostname();
  } catch (error) {
    if (error instanceof system.errors.NotCapable) return undefined;
    throw error;
  }
}
