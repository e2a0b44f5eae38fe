import { basePath, directoryOf, localPath, PLATFORM, type Platform } from "@lade/core/backend";
import { AlreadyExistsError, InvalidNameError } from "@lade/core/errors";
import { getBytes } from "@lade/core/operations";
import { system } from "@lade/core/system";
import { localPathOf, type Place } from "../places/place.ts";
import { temporaryName } from "../places/temporary_name.ts";
import type { Job } from "../plan/job.ts";

/** The longest text of a link, in bytes. */
const LONGEST = 4096;

/** How a link is made. */
export interface LinkMaking {
  /** The prefix below which it is made: an object's link may not lead out of it. */
  readonly root: Place;
  /** What exists is an `AlreadyExistsError`. */
  readonly createOnly: boolean;
  /** The command, for messages. */
  readonly operation: string;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/**
 * Makes the symbolic link of a job, which takes the place of a file or link of its name in one step. The text of a local
 * link is kept as it is. That of an object may come from anybody: a link is made only where it stays below the root
 * whatever else lies there, and else it is an `InvalidNameError`.
 */
export async function makeLink({ from, to, size }: Job, making: LinkMaking): Promise<void> {
  const path = localPathOf(to?.uri ?? "");
  const source = from && localPathOf(from.uri);
  if (!from || !to || path === undefined) throw new TypeError("Cannot make a link: it has no place");
  await to.store.tree?.makeDirectory(to.key.slice(0, to.key.lastIndexOf("/") + 1), { signal: making.signal });
  const leadsTo = source === undefined
    ? await safeText(from, path, size, making)
    : await system.readLink(source);
  if (making.createOnly) return await create(leadsTo, path, to, making.operation);
  const temporary = `${basePath(directoryOf(path))}/${temporaryName()}`;
  await system.symlink(leadsTo, temporary);
  try {
    await system.rename(temporary, path);
  } catch (error) {
    await system.remove(temporary);
    const detail = "a link cannot take its place";
    throw new InvalidNameError({ operation: making.operation, uri: to.uri, detail, cause: error });
  }
}

async function create(leadsTo: string, path: string, { uri }: Place, operation: string): Promise<void> {
  try {
    await system.symlink(leadsTo, path);
  } catch (error) {
    if (!(error instanceof system.errors.AlreadyExists)) throw error;
    throw new AlreadyExistsError({ operation, uri, detail: "it exists already", cause: error });
  }
}

/** The text of an object's link, where it stays below the root. */
async function safeText(
  from: Place,
  path: string,
  size: number | undefined,
  { root, operation, signal }: LinkMaking,
): Promise<string> {
  const refuse = (detail: string): never => {
    throw new InvalidNameError({ operation, uri: from.uri, detail: `no link is made of it: ${detail}` });
  };
  if ((size ?? 0) > LONGEST) refuse(`its text has ${size} bytes, ${LONGEST} is the most`);
  const { bytes } = await getBytes(from.store, from.key, { signal });
  if (bytes.length > LONGEST) refuse(`its text has ${bytes.length} bytes, ${LONGEST} is the most`);
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const top = basePath(localPath(await system.realPath(localPathOf(root.uri) ?? "")));
  const parent = basePath(localPath(await system.realPath(directoryOf(path))));
  const name = path.slice((localPathOf(root.uri) ?? "").replace(/\/*$/, "/").length);
  const depth = name.split("/").length - 1;
  // Through a link in the path, ".." leads to somewhere else than its name says.
  const own = name.slice(0, Math.max(0, name.lastIndexOf("/")));
  if (parent !== (own === "" ? top : `${top}/${own}`)) {
    refuse("it would lie behind another link");
  }
  const fault = linkFault(text, depth);
  if (fault !== undefined) refuse(fault);
  return text;
}

/**
 * Why a link, so many levels below a root, could lead out of it, also by way of other such links: `..` may only come first,
 * and no more often than there are levels. On Windows `C:` and a backslash lead elsewhere, too.
 */
export function linkFault(text: string, depth: number, platform: Platform = PLATFORM): string | undefined {
  if (text === "" || text.includes("\0") || text.includes("\ufffd")) return "its text is that of no link";
  if (text.startsWith("/")) return "it leads to an absolute path";
  if (platform === "windows" && /[\\:]/.test(text)) {
    return "it holds a backslash or colon, which lead elsewhere";
  }
  const parts = text.split("/").filter((part) => part !== "" && part !== ".");
  const up = parts.findIndex((part) => part !== "..");
  const climbs = up < 0 ? parts.length : up;
  if (parts.slice(climbs).includes("..")) return 'it leads down and up again (".." behind a name)';
  return climbs > depth ? "it leads out of the destination" : undefined;
}
