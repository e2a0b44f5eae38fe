import { type CallName, InvalidNameError } from "@lade/core/backend";
import { system } from "@lade/core/system";
import { isSameFile } from "../files/file_status.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { directoryOf } from "../tree/tree.ts";

/**
 * Throws an `InvalidNameError` where a path leads to a file only because the file system minds no case (`A` and `a`) or no
 * form (`é`, and `e` with an accent behind it): to replace or delete that file would be to lose the object of another key.
 *
 * A file system that tells such names apart says so by one look for another form, once for each directory. Only where it
 * finds the same file are the names of the directory read.
 */
export async function refuseOtherForm(
  setup: Pick<LocalSetup, "calls" | "guess" | "tree">,
  subject: CallName,
  path: string,
): Promise<void> {
  // A directory that is known was reached by names that were looked at then.
  if (setup.guess.isExact(directoryOf(path), !isAscii(path))) return;
  const base = setup.tree.path("");
  const start = path.startsWith(base) ? base.length : path.lastIndexOf("/") + 1;
  for (let end = path.indexOf("/", start); end >= 0; end = path.indexOf("/", end + 1)) {
    await refuseName(setup, subject, path.slice(0, end));
  }
  await refuseName(setup, subject, path);
}

async function refuseName(
  { calls, guess }: Pick<LocalSetup, "calls" | "guess">,
  subject: CallName,
  path: string,
): Promise<void> {
  const directory = directoryOf(path);
  const name = nameIn(path);
  const [cased, form] = otherForms(name);
  if (cased === undefined && form === undefined || guess.isExact(directory, form !== undefined)) return;
  if (!isReadable(path)) return;
  const status = await calls.present(calls.lstat(path));
  if (!status) return;
  let isFolded = false;
  for (const other of [cased, form]) {
    const otherPath = `${path.slice(0, -name.length)}${other}`;
    if (other === undefined || !isReadable(otherPath)) continue;
    // A form that is too long to be a name is none of this file.
    const found = await calls.lstat(otherPath).catch(() => undefined);
    isFolded ||= found !== undefined && isSameFile(found, status);
  }
  if (!isFolded) {
    if (cased !== undefined) guess.addExact(directory, form !== undefined);
    return;
  }
  const own = await storedName(directory, name);
  if (own === name) return;
  const detail = `its file system takes ${JSON.stringify(name)} for ${
    own === undefined ? "another name" : JSON.stringify(own)
  }, which is there`;
  throw new InvalidNameError({ ...subject, detail, advice: "use that name, or rename it" });
}

/** Whether this process may look there: what it may not read it is not to ask for on the way. */
function isReadable(path: string): boolean {
  return system.permissions.querySync({ name: "read", path }).state === "granted";
}

/** The name as a directory lists it: the very one where it does, else one that is alike but for case and form. */
async function storedName(directory: string, name: string): Promise<string | undefined> {
  const folded = fold(name);
  let alike: string | undefined;
  for await (const { name: listed } of system.readDir(directory)) {
    if (listed === name) return name;
    if (fold(listed) === folded) alike = listed;
  }
  return alike;
}

/** The name in other letters, and in the other normal form, each where it differs. */
export function otherForms(name: string): [cased: string | undefined, form: string | undefined] {
  const upper = name.toUpperCase();
  const cased = upper === name ? name.toLowerCase() : upper;
  const composed = name.normalize("NFC");
  const form = composed === name ? name.normalize("NFD") : composed;
  return [cased === name ? undefined : cased, form === name ? undefined : form];
}

/** Whether a path has no character of more than one form. */
function isAscii(path: string): boolean {
  return /^[\0-\x7f]*$/.test(path);
}

/** The same text for all names that some file system takes for one. */
export function fold(name: string): string {
  return name.normalize("NFD").toUpperCase().normalize("NFD");
}

function nameIn(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
