import { inOrder } from "@lade/core/concurrency";
import { NotFoundError, PermissionDeniedError } from "@lade/core/errors";
import { exists } from "@lade/core/operations";
import {
  compareManifest,
  compareObjects,
  isCurrent,
  listDataset,
  type Manifest,
  type ManifestDifference,
  readManifest,
  writeManifest,
} from "@lade/loader";
import { isLocalDirectory, isPrefix, locate, locatePrefix, type Place } from "@lade/transfer/places";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { type IndexLine, IndexMessage } from "../messages/index_messages.ts";
import { LoaderManifestMessage } from "../messages/loader_messages.ts";
import type { LoaderCommandValues } from "./loader_command_options.ts";
import { notingLeftOut } from "./noting_left_out.ts";

/** Shards whose index is made at the same time. */
const AT_ONCE = 8;

/** `lade loader index`: the manifest of a prefix and the indexes of its shards, or whether the manifest is current. */
export async function indexDataset(context: CommandContext, given: LoaderCommandValues): Promise<void> {
  const { output, signal } = context;
  const { place, prefix } = await prefixOf(context, given.uri);
  const { store, uriOf } = place;
  const reading = storedManifest(place, prefix, signal);
  if (given.check) return await checkManifest(context, place, prefix, await reading);
  // Who may only list and write is told no difference.
  const before = await reading.catch((error) => {
    if (error instanceof PermissionDeniedError) return undefined;
    throw error;
  });
  const { kind = undefined } = given;
  const listed = await listDataset(store, prefix, {
    signal,
    ...notingLeftOut(context),
    ...(kind && { kind }),
  });
  if (listed.kind === "records" || listed.kind === "samples") await indexShards(context, place, listed);
  if (output.failures > 0) return;
  const difference = before && await compareObjects(before.objects, objectsOf(listed));
  const isSame = difference && isCurrent(difference) && before.kind === listed.kind;
  // What was packed stays known for a pack while its shards are the same.
  const pack = isSame ? before.pack : undefined;
  const written = await writeManifest(store, prefix, { ...listed, ...(pack && { pack }) }, { signal });
  const { objects: { length, bytes } } = listed;
  await output.done(
    new LoaderManifestMessage({
      uri: uriOf(written),
      kind: listed.kind,
      objects: length,
      bytes,
      state: "written",
      ...(difference && { difference: named(difference, place) }),
    }),
  );
}

async function checkManifest(
  { output, signal }: CommandContext,
  place: Place,
  prefix: string,
  manifest: Manifest | undefined,
): Promise<void> {
  const { store, uriOf } = place;
  const uri = uriOf(`${prefix}lade-manifest.tsv`);
  if (!manifest) {
    throw new NotFoundError({
      operation: "check",
      uri,
      detail: "there is no manifest",
      advice: `lade loader index ${uriOf(prefix)} writes it`,
    });
  }
  const difference = await compareManifest(store, prefix, manifest.objects, { signal });
  const state = isCurrent(difference) ? "current" as const : "stale" as const;
  if (state === "stale") output.isNegative = true;
  const { kind, objects: { length, bytes } } = manifest;
  const line = { uri, kind, objects: length, bytes, state, difference: named(difference, place) };
  await output.result(new LoaderManifestMessage(line));
}

/** In what the manifest of a prefix differs from what lies there; nothing where there is none. */
export async function manifestDifference(
  { signal }: Pick<CommandContext, "signal">,
  place: Place,
): Promise<ManifestDifference | undefined> {
  if (!isPrefix(place) && await exists(place.store, place.key, { signal })) return undefined;
  const prefix = withSlash(place.key);
  const manifest = await storedManifest(place, prefix, signal);
  return manifest && named(await compareManifest(place.store, prefix, manifest.objects, { signal }), place);
}

async function indexShards(
  context: CommandContext,
  { store, uriOf }: Place,
  listed: Manifest,
): Promise<void> {
  const { output, signal } = context;
  const [{ renewIndex }, { formatOfName }] = await Promise.all([
    import("@lade/formats/index"),
    import("@lade/formats/formats"),
  ]);
  const lade = await context.lade();
  const work = async ({ key }: { readonly key: string }) => {
    // What is compressed is gone through from its start, and has no index.
    if (formatOfName(key).compression) return {};
    try {
      const { isWritten, indexKey, ...told } = await renewIndex(store, key, { signal });
      const line: IndexLine = { uri: uriOf(key), index: uriOf(indexKey), ...told, state: "written" };
      return isWritten ? { line } : {};
    } catch (error) {
      return { error };
    }
  };
  for await (const done of inOrder(objectsOf(listed), () => lade.context.descriptors.atOnce(AT_ONCE), work)) {
    if (done.error !== undefined) await context.fail(done.error);
    else if (done.line) await output.done(new IndexMessage(done.line));
  }
}

async function prefixOf(context: CommandContext, uri: string): Promise<{ place: Place; prefix: string }> {
  const lade = await context.lade();
  const located = await locate(lade, uri);
  const place = await isLocalDirectory(located.uri) ? await locatePrefix(lade, located) : located;
  if (!isPrefix(place) && await exists(place.store, place.key, { signal: context.signal })) {
    throw new UsageError(
      `${JSON.stringify(uri)} is one object, and a manifest is of all below a prefix; lade index writes \
the index of one object.`,
    );
  }
  return { place, prefix: withSlash(place.key) };
}

function withSlash(key: string): string {
  return key === "" || key.endsWith("/") ? key : `${key}/`;
}

async function storedManifest(
  { store }: Place,
  prefix: string,
  signal: AbortSignal,
): Promise<Manifest | undefined> {
  return await readManifest(store, prefix, { signal }).catch((error) => {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  });
}

async function* objectsOf({ objects }: Manifest) {
  for (let place = 0; place < objects.length; place++) yield objects.at(place);
}

/** Objects by their URIs. */
function named({ examples, ...counts }: ManifestDifference, { uriOf }: Place): ManifestDifference {
  const entries = Object.entries(examples).map(([what, key]) => [what, uriOf(key)]);
  return { ...counts, examples: Object.fromEntries(entries) };
}
