/** The name of this machine; `undefined` where the process may not ask for it. */
export function hostname(): string | undefined {
  try {
    return Deno.hostname();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}
