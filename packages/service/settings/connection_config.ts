import { type Bounds, defaultBounds } from "@lade/core/bounds";
import type { ResolvedSettings, Sourced } from "@lade/core/settings";
import { BOUND_ROWS } from "./bound_rows.ts";

/** How a service is connected to, after options, environment and defaults. */
export interface ConnectionConfig {
  /** Machines that the endpoint is reached at, each with its port where that is another. */
  readonly endpointAddresses?: readonly string[];
  /** File of PEM certificates to trust besides the system's. */
  readonly caBundle?: Sourced<string>;
  /** Whether the service's certificate is verified. */
  readonly verifySsl: boolean;
  /** Whether plain HTTP may leave this machine. */
  readonly allowHttp: boolean;
  /** What carries requests. */
  readonly transport: "auto" | "tcp" | "fetch";
  /** Whether what is slower than its peers is asked for a second time. */
  readonly hedging: boolean;
  /** Threads that large bodies are moved by, at most. */
  readonly lanes: number | "auto";
  /** How long and how often is waited and tried. */
  readonly bounds: Bounds;
}

/** What resolved settings say of the connection. The table has seen to it that each has its type. */
export function connectionConfig(resolved: ResolvedSettings): ConnectionConfig {
  const value = (name: string) => resolved.get(name)?.value as never;
  const caBundle = resolved.get("caBundle") as Sourced<string> | undefined;
  const bounds = ["maxAttempts", ...BOUND_ROWS.map(({ name }) => name)].flatMap((name) => {
    return resolved.has(name) ? [[name, value(name)]] : [];
  });
  return {
    ...(caBundle && { caBundle }),
    verifySsl: value("verifySsl"),
    allowHttp: value("allowHttp"),
    transport: value("transport"),
    hedging: value("hedging"),
    lanes: value("lanes"),
    bounds: { ...defaultBounds, ...Object.fromEntries(bounds) },
  };
}
