import {
  checkListOptions,
  type CommonPrefix,
  type ListOptions,
  type ObjectMeta,
  PermissionDeniedError,
} from "@lade/core/backend";
import { fileError } from "../files/file_error.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { KeyWindow } from "./key_window.ts";
import { endOfFiles, namesIn, startOf, statAll } from "./list_objects.ts";
import { entriesOf } from "./read_names.ts";

/**
 * Lists one level of a tree. A directory is a common prefix only if there is an object somewhere below it; looking for
 * one ends with the first, and with what may not be read: that might be one.
 */
export async function* listLevel(
  setup: LocalSetup,
  prefix: string,
  options: ListOptions,
): AsyncGenerator<ObjectMeta | CommonPrefix, void, void> {
  const { signal, startAfter = "" } = options;
  const keys = new KeyWindow(prefix, startAfter);
  const { directory } = keys;
  const subject = setup.tree.subject("list", prefix);
  checkListOptions(subject.uri, options);
  if (!await startOf(setup, subject, directory, startAfter, signal)) return;
  const names = await namesIn(setup, directory, keys, options);
  for (let next = 0; next < names.length;) {
    const name = names[next] ?? "";
    if (name.endsWith("/")) {
      next++;
      const folded = directory + name;
      if (!keys.isAfterStart(folded)) continue;
      if (await mayHoldObject(setup, folded, signal)) yield { prefix: folded };
    } else {
      const end = endOfFiles(names, next);
      const files = names.slice(next, end);
      next = end;
      for (const meta of await statAll(setup, directory, files, options)) {
        yield meta;
        signal?.throwIfAborted();
      }
    }
    signal?.throwIfAborted();
  }
}

async function mayHoldObject(
  setup: LocalSetup,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    return await holdsObject(setup, setup.tree.path(directory), signal);
  } catch (error) {
    const known = fileError(error, setup.tree.subject("list", directory), signal);
    if (known instanceof PermissionDeniedError) return true;
    throw known;
  }
}

/** Whether there is an object below a directory (whose path ends in `/`). */
async function holdsObject(
  setup: LocalSetup,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const below: string[] = [];
  for await (const { name, type } of entriesOf(setup, directory)) {
    if (type === "file") return true;
    below.push(`${directory}${name}/`);
  }
  for (const next of below) {
    signal?.throwIfAborted();
    if (await holdsObject(setup, next, signal)) return true;
  }
  return false;
}
