import { AzureError } from "../azure_error.ts";
import type { ServerSettings } from "./call.ts";

const OWN_CONTAINERS = ["$root", "$web", "$logs", "$blobchangefeed"];

/** Checks the name of a container (Naming and referencing containers). */
export function checkContainerName(name: string): void {
  if (OWN_CONTAINERS.includes(name)) return;
  if (name.length < 3 || name.length > 63) throw new AzureError("OutOfRangeInput");
  if (!/^[a-z0-9](?:-?[a-z0-9])*$/.test(name)) throw new AzureError("InvalidResourceName");
}

/** Checks the name of a blob: 1,024 characters and 254 segments at most, or 61 of a hierarchical namespace. */
export function checkBlobName(name: string, settings: ServerSettings, isHierarchical: boolean): void {
  if (name.length > 1024) throw new AzureError("OutOfRangeInput");
  const most = isHierarchical ? 61 : 254;
  if (name.split("/").length > most) throw new AzureError("InvalidResourceName");
  // deno-lint-ignore no-control-regex
  const refused = settings.allowsControlCharacters ? /\0/ : /[\0-\x1f\x7f]/;
  if (refused.test(name)) throw new AzureError("InvalidUri");
}
