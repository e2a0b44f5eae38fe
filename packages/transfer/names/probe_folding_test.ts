import { assertEquals } from "@std/assert";
import { type Folding, foldName } from "./fold_name.ts";
import { type ProbeCalls, probeFolding } from "./probe_folding.ts";

/** A file system that takes for one name what a folding does. */
class FoldingFiles implements ProbeCalls {
  readonly files: Set<string>;
  readonly made: string[] = [];
  readonly #folding: Folding;

  constructor(folding: Folding, files: readonly string[]) {
    this.#folding = folding;
    this.files = new Set(files.map((path) => foldName(path, folding)));
  }

  create(path: string): void {
    if (this.files.has(foldName(path, this.#folding))) throw new Deno.errors.AlreadyExists(path);
    this.files.add(foldName(path, this.#folding));
    this.made.push(path);
  }

  identityOf(path: string): string | undefined {
    const folded = foldName(path, this.#folding);
    return this.files.has(folded) ? folded : undefined;
  }

  remove(path: string): void {
    this.files.delete(foldName(path, this.#folding));
  }
}

const FOLDINGS: readonly Folding[] = [false, true].flatMap((byCase) =>
  [false, true].map((form) => ({ case: byCase, form }))
);

Deno.test("probeFolding() finds out what a file system takes for one name, and leaves nothing", () => {
  for (const folding of FOLDINGS) {
    const calls = new FoldingFiles(folding, ["/mnt", "/mnt/disk"]);
    assertEquals(probeFolding("/mnt/disk/not/there/", { calls }), folding);
    assertEquals(
      [...calls.files].sort(),
      ["/mnt", "/mnt/disk"].map((path) => foldName(path, folding)).sort(),
    );
    assertEquals(calls.made.every((path) => path.startsWith("/mnt/disk/.lade-")), true);
  }
});

Deno.test("probeFolding() that only looks makes nothing, and sees case in the path", () => {
  for (const folding of FOLDINGS) {
    const calls = new FoldingFiles(folding, ["/mnt", "/mnt/Disk"]);
    assertEquals(probeFolding("/mnt/Disk/new", { calls, look: true, os: "linux" }), {
      case: folding.case,
      form: false,
    });
    assertEquals(calls.made, []);
  }
  // Two directories, not one of two names.
  const calls = new FoldingFiles({ case: false, form: false }, ["/d", "/D"]);
  assertEquals(probeFolding("/d", { calls, look: true, os: "linux" }).case, false);
  assertEquals(probeFolding("/", { calls, look: true, os: "darwin" }), { case: true, form: true });
});

Deno.test("probeFolding() tells names apart where it cannot find out", () => {
  const refuse = () => {
    throw new Deno.errors.PermissionDenied("no");
  };
  const calls = { create: refuse, identityOf: () => "1", remove: refuse };
  assertEquals(probeFolding("/x", { calls }), { case: false, form: false });
});

Deno.test("probeFolding() leaves a real directory as it was", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const folding = probeFolding(`${directory}/new/`);
    assertEquals([...Deno.readDirSync(directory)], []);
    // The probe says of this system what two files say.
    await Deno.writeTextFile(`${directory}/a\u00e9`, "");
    const isThere = (name: string) => Deno.lstat(`${directory}/${name}`).then(() => true, () => false);
    assertEquals(folding, { case: await isThere("A\u00e9"), form: await isThere("ae\u0301") });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
