/** What `deno publish --dry-run` says. */
export interface DryRun {
  /** The files of each package, by the package's name, as paths below it. */
  readonly files: ReadonlyMap<string, readonly PublishedFile[]>;
  /** What it warned of. */
  readonly warnings: readonly PublishWarning[];
}

/** A file that a package is published with. */
export interface PublishedFile {
  /** Where it lies, with `/`. */
  readonly path: string;
  /** Its size, rounded as it was told. */
  readonly size: number;
}

/** A warning, with the place that it names. */
export interface PublishWarning {
  /** Its kind: `unanalyzable-dynamic-import`. */
  readonly kind: string;
  /** The file, and the line in it. */
  readonly place: string;
}

const PACKAGE = /^Simulating publish of (@[^@\s]+)@\S+ with files:$/;
const FILE = /^\s+file:\/\/(\S+) \(([\d.]+)(B|KB|MB)\)$/;
const WARNING = /^warning\[([^\]]+)\]/;
const PLACE = /^\s*--> (\S+?):(\d+):\d+$/;
const UNITS: Readonly<Record<string, number>> = { B: 1, KB: 1024, MB: 1024 ** 2 };

/** Reads the output, without colors, of a dry run of a workspace whose root has this absolute path. */
export function readDryRun(output: string, root: string): DryRun {
  const files = new Map<string, PublishedFile[]>();
  const warnings: PublishWarning[] = [];
  let current: PublishedFile[] = [];
  let warned: string | undefined;
  for (const line of output.split("\n")) {
    const [, name] = PACKAGE.exec(line) ?? [];
    if (name !== undefined) files.set(name, current = []);
    const [, path, size, unit = ""] = FILE.exec(line) ?? [];
    if (path !== undefined) {
      current.push({
        path: decodeURI(path).slice(root.length + 1),
        size: Number(size) * (UNITS[unit] ?? NaN),
      });
    }
    warned = WARNING.exec(line)?.[1] ?? warned;
    const [, place, at] = PLACE.exec(line) ?? [];
    if (warned !== undefined && place !== undefined) {
      warnings.push({ kind: warned, place: `${place.slice(root.length + 1)}:${at}` });
      warned = undefined;
    }
  }
  return { files, warnings };
}
