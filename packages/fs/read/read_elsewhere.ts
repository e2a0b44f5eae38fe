import type { ElsewhereReads } from "@lade/core/seams";
import { system } from "@lade/core/system";
import { pathFault } from "../names/path_fault.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import type { PathRule } from "../tree/tree.ts";

/** A file, named for another thread. */
export interface FilePlace {
  /** Where it is. */
  readonly path: string;
  /** What its real path has to be, where links may lead to it. */
  readonly rule: PathRule | undefined;
}

/**
 * How another thread reads cached files: nothing where that is not without question what this thread may do, too. A reader
 * thread would ask at the terminal for what is neither granted nor refused.
 */
export function elsewhereReads({ figures, medium, tree }: LocalSetup): ElsewhereReads | undefined {
  if (!medium.readSync || !mayRead(tree.root)) return undefined;
  return {
    program: `(${readPlace})`,
    placeOf(key): FilePlace | undefined {
      if (pathFault(key) !== undefined) return undefined;
      const path = tree.path(key);
      if (!tree.isGuarded || tree.isRightBelow(path)) return { path, rule: undefined };
      const rule = tree.ruleOf(path);
      return rule && { path, rule };
    },
    onRead(bytes): void {
      figures.bytesRead += bytes;
    },
  };
}

function mayRead(path: string): boolean {
  return system.permissions.querySync({ name: "read", path }).state === "granted";
}

/**
 * What `readAtOnce` does, in the same order: looks at the name, opens it, reads, and looks at what was read. Its text is sent
 * to another thread, so it uses nothing from outside. A file is read whose tag, by the formula of `etagOf`, is the one that
 * is wanted, before its bytes are read and after.
 */
function readPlace(place: unknown, etag: string, offset: number, target: Uint8Array): number | undefined {
  const { path, rule } = place as FilePlace;
  const tagOf = ({ size, mtime, ino, birthtime, ctime }: Deno.FileInfo) =>
    `${size}-${mtime?.getTime() ?? 0}-${ino ?? 0}-${(birthtime ?? ctime)?.getTime() ?? 0}`;
  const look = Deno.lstatSync(path);
  if (!look.isFile || tagOf(look) !== etag || offset + target.length > look.size) return undefined;
  if (rule) {
    const found = Deno.realPathSync(path);
    const real = Deno.build.os === "windows" ? found.replaceAll("\\", "/") : found;
    const isAllowed = rule.type === "is" ? real === rule.path : real.startsWith(rule.path);
    if (!isAllowed) return undefined;
  }
  const file = Deno.openSync(path);
  try {
    if (offset > 0) file.seekSync(offset, 0);
    if (file.readSync(target) !== target.length) return undefined;
    const after = file.statSync();
    return after.dev === look.dev && tagOf(after) === etag ? look.size : undefined;
  } finally {
    file.close();
  }
}
