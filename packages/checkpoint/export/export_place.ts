import { type CallOptions, type ObjectStore, objectUri } from "@lade/core";
import { AlreadyExistsError, NotFoundError, PermissionDeniedError } from "@lade/core/errors";
import { FormatError } from "@lade/formats/errors";
import { openSafetensorsSet } from "@lade/formats/safetensors";
import type { ExportJob } from "./export_job.ts";

/** Where an export goes. */
type ExportPlace = Pick<ExportJob, "store" | "folder" | "name" | "signal">;

/**
 * Where one of the keys is there already, as far as that may be listed, it is an `AlreadyExistsError`, unless it is to be replaced.
 */
export async function refuseThere(
  { replace, ...place }: ExportPlace & Pick<ExportJob, "replace">,
  keys: readonly string[],
): Promise<void> {
  if (replace) return;
  const due = new Set(keys);
  const found = (await keysThere(place, "")).find((key) => due.has(key));
  if (found === undefined) return;
  const uri = objectUri(place.store.uri, found);
  throw new AlreadyExistsError({ operation: "export to", uri, detail: "it is there already" });
}

/**
 * The files that the index of an export names. Of an index that is none, that is not there, or that names others none: an index may
 * be anybody's, and only what is called as an export's files is taken for such.
 */
export async function filesOfIndex(place: ExportPlace, index: string): Promise<readonly string[]> {
  try {
    const { fileKeys } = await openSafetensorsSet(place.store, index, callOf(place));
    return fileKeys.filter((key) => isNumbered(place, key));
  } catch (error) {
    if (error instanceof NotFoundError || error instanceof FormatError) return [];
    throw error;
  }
}

/** The files there that are called as those of an export; none where nothing may be listed. */
export async function numberedFiles(place: ExportPlace): Promise<readonly string[]> {
  return (await keysThere(place, "-")).filter((key) => isNumbered(place, key));
}

async function keysThere(place: ExportPlace, behindName: string): Promise<readonly string[]> {
  const { store, folder, name } = place;
  try {
    return await keysBelow(store, `${folder}${name}${behindName}`, callOf(place));
  } catch (error) {
    if (error instanceof PermissionDeniedError) return [];
    throw error;
  }
}

async function keysBelow(store: ObjectStore, prefix: string, call: CallOptions): Promise<string[]> {
  return await Array.fromAsync(store.list(prefix, call), ({ key }) => key);
}

function isNumbered({ folder, name }: ExportPlace, key: string): boolean {
  const stem = `${folder}${name}`;
  return key.startsWith(stem) && /^-\d{5}-of-\d{5}\.safetensors$/.test(key.slice(stem.length));
}

function callOf({ signal }: ExportPlace): CallOptions {
  return signal ? { signal } : {};
}
