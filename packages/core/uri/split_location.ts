import type { Location } from "../contract/provider.ts";

/** Cuts what follows `scheme://` at its first slash: into a container, which may be empty, and a key. */
export function splitLocation(rest: string): Location {
  const slash = rest.indexOf("/");
  return slash < 0
    ? { container: rest, key: "" }
    : { container: rest.slice(0, slash), key: rest.slice(slash + 1) };
}
