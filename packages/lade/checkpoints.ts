import type {
  Checkpoints,
  CheckpointsOptions,
  CopiedCheckpoint,
  CopyCheckpointOptions,
  ExportOptions,
  ExportReport,
  ForeignCheckpoint,
  LoadForeignOptions,
  SeriesPlace,
  WhichCheckpoint,
} from "@lade/checkpoint";
import { locate } from "@lade/transfer/places";
import { defaultLade } from "./functions.ts";
import type { Lade } from "./lade.ts";

/** Options of {@linkcode checkpoints}. */
export interface UriCheckpointsOptions extends CheckpointsOptions {
  /** Opens the URI; the one of the free functions by default. */
  readonly lade?: Lade;
}

/** Options of {@linkcode copyCheckpoint}. */
export interface UriCopyCheckpointOptions extends CopyCheckpointOptions {
  /** Opens the URIs; the one of the free functions by default. */
  readonly lade?: Lade;
}

/**
 * Opens a series of checkpoints under a URI of any scheme, which is begun where there is none, unless it is `readOnly`; a local
 * directory is made. Each rank opens it with the same `run`, its `rank` and the `worldSize`.
 */
export async function checkpoints(uri: string, options: UriCheckpointsOptions = {}): Promise<Checkpoints> {
  const { lade = defaultLade(), ...rest } = options;
  const [{ store, prefix }, { openCheckpoints }] = await Promise.all([
    locateSeries(lade, uri),
    import("@lade/checkpoint"),
  ]);
  return await openCheckpoints(store, prefix, rest);
}

/**
 * Copies a checkpoint from the series under one URI to that under another, of any scheme: data first, the manifest last. What is
 * there already and the same is passed over, so that a copy that was broken off goes on.
 */
export async function copyCheckpoint(
  from: string,
  which: Exclude<WhichCheckpoint, "resume">,
  to: string,
  options: UriCopyCheckpointOptions = {},
): Promise<CopiedCheckpoint> {
  const { lade = defaultLade(), ...rest } = options;
  const [source, target, { copyCheckpoint }] = await Promise.all([
    locateSeries(lade, from),
    locateSeries(lade, to),
    import("@lade/checkpoint"),
  ]);
  return await copyCheckpoint(source, which, target, rest);
}

/** Options of {@linkcode exportCheckpoint}. */
export interface UriExportOptions extends ExportOptions {
  /** Opens the URIs; the one of the free functions by default. */
  readonly lade?: Lade;
  /** Keeps the checkpoint from being removed meanwhile, which writes a small object beside it; `false` by default. */
  readonly hold?: boolean;
}

/**
 * Writes the tensors of a checkpoint under one URI as files under another, a prefix or a directory: safetensors with an index,
 * which `from_pretrained` reads, an npz, or bare bytes with a description. Nothing is replaced unless `replace` is given.
 */
export async function exportCheckpoint(
  from: string,
  which: Exclude<WhichCheckpoint, "resume">,
  to: string,
  options: UriExportOptions = {},
): Promise<ExportReport> {
  const { lade = defaultLade(), hold = false, ...rest } = options;
  const [source, target, { exportCheckpoint, openCheckpoints }] = await Promise.all([
    locateSeries(lade, from),
    locateSeries(lade, to),
    import("@lade/checkpoint"),
  ]);
  await using series = await openCheckpoints(source.store, source.prefix, {
    readOnly: true,
    ...(rest.signal && { signal: rest.signal }),
  });
  await using checkpoint = await series.open(which, { hold, ...(rest.signal && { signal: rest.signal }) });
  return await exportCheckpoint(checkpoint, target.store, target.prefix, rest);
}

/** Options of {@linkcode loadForeign}. */
export interface UriLoadForeignOptions extends LoadForeignOptions {
  /** Opens the URI; the one of the free functions by default. */
  readonly lade?: Lade;
}

/**
 * Opens tensors that others wrote under a URI of any scheme, so that any part of them can be loaded as of a checkpoint: safetensors
 * files with or without an index, folders of torch's DCP, an npz, or bare bytes with a description.
 */
export async function loadForeign(
  uri: string,
  options: UriLoadForeignOptions = {},
): Promise<ForeignCheckpoint> {
  const { lade = defaultLade(), ...rest } = options;
  const [{ store, key }, { loadForeign }] = await Promise.all([
    locate(lade, uri),
    import("@lade/checkpoint"),
  ]);
  return await loadForeign(store, key, rest);
}

/** A local directory that is not there yet lies below one that is: it cannot be a store of its own. */
async function locateSeries(lade: Lade, uri: string): Promise<SeriesPlace> {
  const { store, key, uri: found } = await locate(lade, uri);
  const above = /^((?:file|direct):\/\/.*[^/])\/+$/s.exec(found)?.[1];
  if (key !== "" || above === undefined) return { store, prefix: key };
  const outer = await lade.locate(above);
  return { store: outer.store, prefix: outer.key };
}
