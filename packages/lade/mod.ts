/**
 * The one import for scripts: every backend by URI, each loaded when its scheme is first used.
 *
 * ```ts
 * import { get, list, put } from "@lade/lade";
 *
 * await put("memory://demo/greeting.txt", "hello");
 * for await (const entry of list("memory://demo/")) console.log(entry.uri);
 * console.log(new TextDecoder().decode(await get("memory://demo/greeting.txt")));
 * ```
 *
 * @module
 */
export type * from "@lade/core";
// By their names: beside `export type *`, which has them too, `export *` would give them as types alone.
export {
  AlreadyExistsError,
  ChecksumMismatchError,
  InvalidNameError,
  NotEmptyError,
  NotFoundError,
  PermissionDeniedError,
  PreconditionFailedError,
  QuotaExceededError,
  RangeNotSatisfiableError,
  ServiceError,
  StoreError,
  ThrottledError,
  UnauthenticatedError,
  UnavailableError,
  UnsupportedError,
} from "@lade/core/errors";
export * from "./checkpoints.ts";
export * from "./datasets.ts";
export * from "./default_registry.ts";
export {
  copy,
  createWriter,
  defaultLade,
  download,
  exists,
  get,
  getMany,
  getRange,
  list,
  listVersions,
  openStore,
  put,
  readInto,
  readTable,
  remove,
  scanTable,
  schemaOf,
  setAttributes,
  stat,
  stream,
  sync,
  transfer,
  upload,
} from "./functions.ts";
export * from "./lade.ts";
export type * from "./lade_options.ts";
export type { OpenedContainer } from "./opened_containers.ts";
export { directoryUri, fileUri } from "@lade/transfer/places";
export type * from "./removal/removal.ts";
export type { RemoveOptions } from "./removal/remove.ts";
export type { ContainerRequest } from "./removal/settle_container.ts";
export type { RemovalRequest } from "./removal/settle_removal.ts";
export type * from "./results.ts";
export type { SyncSummary, SyncTreeOptions } from "./sync_trees.ts";
export type * from "./table_options.ts";
export type * from "./transfers/transfer_options.ts";
export { sweepUri } from "./sweep_uri.ts";
export type { SweepOptions, Swept } from "@lade/transfer/sweep";
export { asPrefix } from "@lade/transfer/places";
export type { LocatedUri, UriCalls } from "@lade/transfer/places";
export type { LadeConfig } from "./uri_configs.ts";
