import { getBytes, type ObjectStore, objectUri } from "@lade/core";
import { NotFoundError } from "@lade/core/errors";
import { FormatError } from "@lade/formats/errors";
import { isPackPlan, PACK_MARKER, type PackPlan } from "../manifest/pack_plan.ts";

/** What lies beside the shards of a pack until its manifest is there. */
export interface PackMarker {
  /** What is being packed. */
  readonly plan: PackPlan;
  /** The names of the shards of an earlier pack, which are being removed. */
  readonly replaces?: string;
}

const FORMAT = "lade-pack";
const VERSION = 1;

/** Writes a marker; of several that begin at the same time one, where the store can tell. */
export async function writeMarker(
  store: ObjectStore,
  prefix: string,
  marker: PackMarker,
  { isFirst, signal }: { readonly isFirst: boolean; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const text = JSON.stringify({ format: FORMAT, version: VERSION, ...marker });
  await store.put(prefix + PACK_MARKER, new TextEncoder().encode(`${text}\n`), {
    ...(signal && { signal }),
    ...(isFirst && store.capabilities.createOnly === true && { ifNoneMatch: "*" as const }),
  });
}

/** Reads the marker below a prefix: `undefined` where there is none. */
export async function readMarker(
  store: ObjectStore,
  prefix: string,
  call: { readonly signal?: AbortSignal },
): Promise<PackMarker | undefined> {
  const key = prefix + PACK_MARKER;
  let bytes: Uint8Array;
  try {
    ({ bytes } = await getBytes(store, key, call));
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
  let value: Partial<Record<string, unknown>> = {};
  try {
    value = JSON.parse(new TextDecoder().decode(bytes)) ?? {};
  } catch {
    // It is told below.
  }
  const { format, version, plan, replaces } = value;
  if (format !== FORMAT || version !== VERSION || !isPackPlan(plan)) {
    throw new FormatError({
      operation: "read the marker of a pack",
      uri: objectUri(store.uri, key),
      detail: `it is none of version ${VERSION}`,
    });
  }
  return { plan, ...(typeof replaces === "string" && { replaces }) };
}
