import {
  type CallName,
  formatUploadName,
  parseUploadName,
  partLength,
  type PendingUpload,
} from "@lade/core/backend";
import { system } from "@lade/core/system";
import { fileError } from "../files/file_error.ts";
import { segmentFault } from "../names/path_fault.ts";
import { readUploadName, recordPath, uploadName } from "../names/temporary_name.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { filesBelow } from "../tree/files_below.ts";
import { directoryOf } from "../tree/tree.ts";
import { resolveTarget } from "../write/resolve_target.ts";
import { findUpload } from "./find_upload.ts";
import { readRecord } from "./part_record.ts";

/** Lists the writes of keys that start with `prefix`. Links are not followed. */
export async function* listUploads(
  setup: LocalSetup,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<PendingUpload, void, void> {
  try {
    yield* uploadsBelow(setup, prefix, signal);
  } catch (error) {
    throw fileError(error, { operation: "list the uploads of", uri: setup.tree.uri }, signal);
  }
}

async function* uploadsBelow(
  { tree, calls }: LocalSetup,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<PendingUpload, void, void> {
  const last = prefix.lastIndexOf("/") + 1;
  const within = prefix.slice(0, last).slice(0, -1);
  // No key is below such a directory, nor below one that a link leads to where links may not lead.
  if (within !== "" && segmentFault(within) !== undefined) return;
  const directory = within === "" ? tree.root : tree.path(within);
  const real = within === "" ? directory : await calls.present(calls.realPath(directory));
  if (real === undefined || !await tree.allows(directory, real)) return;
  for await (const path of filesBelow(directory, tree.root, signal, prefix.slice(last))) {
    const slash = path.lastIndexOf("/") + 1;
    const { id, holds } = readUploadName(path.slice(slash)) ?? {};
    if (id === undefined || holds !== "record") continue;
    const bytes = await calls.present(system.readFile(path));
    const read = bytes && readRecord(bytes);
    // What a crash left of a write that was being closed or aborted is none any more.
    if (!read || !await calls.present(calls.lstat(path.slice(0, slash) + uploadName(id)))) continue;
    const { header, written } = read;
    const key = path.slice(tree.path("").length, slash) + header.name;
    if (!key.startsWith(prefix)) continue;
    const stored = [...written].reduce((sum, index) => sum + (partLength(index, header) ?? 0), 0);
    const { uri } = tree.subject("", key);
    const token = formatUploadName({ uri, id });
    yield { key, id, token, begun: new Date(header.begunMs), bytes: stored };
    signal?.throwIfAborted();
  }
}

/** Removes a write, its bytes first: what is left by a crash in between is still found. */
export async function abortUpload(
  setup: LocalSetup,
  subject: CallName,
  path: string,
  token: string,
): Promise<void> {
  const { calls } = setup;
  const { id } = parseUploadName(token, subject);
  const target = await resolveTarget(setup, subject, path, {});
  const found = await findUpload(setup, [target.path, path], id);
  if (found === undefined) return;
  await setup.tree.check(subject, directoryOf(found));
  await calls.present(calls.remove(found));
  await calls.present(calls.remove(recordPath(found)));
}
