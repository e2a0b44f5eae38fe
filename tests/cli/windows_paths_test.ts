import { fileURLToPath } from "node:url";
import { assertEquals, assertStringIncludes } from "@std/assert";

/** A working directory with drives `C:` and `D:`, in which the command takes its system for Windows. */
class Drives implements Disposable {
  readonly path = Deno.makeTempDirSync();

  constructor() {
    for (const directory of ["C:/data/sub", "C:/home", "D:"]) {
      Deno.mkdirSync(`${this.path}/${directory}`, { recursive: true });
    }
    Deno.writeTextFileSync(`${this.path}/C:/data/a.txt`, "a");
    Deno.writeTextFileSync(`${this.path}/C:/data/sub/b`, "b");
  }

  async lade(...args: string[]): Promise<{ code: number; out: string; said: string }> {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--allow-all",
        "--no-check",
        "--quiet",
        `--config=${fileURLToPath(new URL("../../deno.json", import.meta.url))}`,
        new URL("./run_as_windows.ts", import.meta.url).href,
        ...args,
      ],
      cwd: this.path,
      env: { HOME: "", XDG_CACHE_HOME: "", XDG_STATE_HOME: "", USERPROFILE: "C:\\home", NO_COLOR: "1" },
    }).output();
    const [out, said] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)) as [string, string];
    return { code, out, said };
  }

  /** The files of a drive, as the system has them. */
  files(directory: string): string[] {
    return [...Deno.readDirSync(`${this.path}/${directory}`)].flatMap(({ name, isDirectory }) =>
      isDirectory ? this.files(`${directory}/${name}`) : [`${directory}/${name}`]
    ).sort();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

Deno.test("the command copies, lists, synchronizes, moves and removes by paths of Windows", async () => {
  using drives = new Drives();
  assertEquals((await drives.lade("cat", "c:/data/a.txt")).out, "a");
  const copy = await drives.lade("cp", "-r", "C:\\data", "D:\\copy\\");
  assertEquals([copy.code, copy.said.includes("lade: Cannot")], [0, false], copy.said);
  assertStringIncludes(copy.out + copy.said, "file:///D:/copy/sub/b");
  assertEquals(drives.files("D:"), ["D:/copy/a.txt", "D:/copy/sub/b"]);
  const listed = await drives.lade("ls", "-r", "--json", "file:///d:/copy/");
  assertStringIncludes(listed.out, '"file:///D:/copy/sub/b"');
  assertEquals((await drives.lade("sync", "data\\sub", "\\synced")).code, 0);
  assertEquals(drives.files("C:/synced"), ["C:/synced/b"]);
  assertEquals((await drives.lade("mv", "-r", "D:\\copy\\", "D:\\moved\\")).code, 0);
  assertEquals(drives.files("D:"), ["D:/moved/a.txt", "D:/moved/sub/b"]);
  assertEquals((await drives.lade("rm", "-r", "D:\\moved\\")).code, 0);
  assertEquals(drives.files("D:"), []);
  assertEquals(drives.files("C:/home").every((path) => path.startsWith("C:/home/.cache/lade/")), true);
  assertEquals(drives.files("C:/data"), ["C:/data/a.txt", "C:/data/sub/b"]);
});

Deno.test("the command refuses what has no place on Windows, or another one than its name says", async () => {
  using drives = new Drives();
  Deno.writeTextFileSync(`${drives.path}/C:/data/NUL`, "");
  const before = [drives.files("C:/data"), drives.files("D:")];
  const cases: readonly (readonly [args: readonly string[], said: string])[] = [
    [["cp", "C:\\data\\a.txt", "C:a.txt"], "relative to the working directory of a drive"],
    [["cp", "C:\\data\\a.txt", "D:\\nul.txt"], "the name of a device"],
    [["cp", "C:\\data\\a.txt", "D:\\a:b"], 'holds ":"'],
    [["ls", "file:///data/"], "file:///C:/directory/file"],
    [["ls", "direct:///C:/data/"], "no O_DIRECT"],
    [["rm", "-r", "C:\\"], "the root directory is not removed"],
    [["rm", "-r", "C:\\data\\"], "Windows takes it for another one"],
    [["mv", "-r", "C:\\data\\sub\\", "D:\\sub\\"], "within one drive"],
  ];
  for (const [args, due] of cases) {
    const { code, said } = await drives.lade(...args);
    assertStringIncludes(said, due);
    assertEquals(code === 0, false, args.join(" "));
  }
  assertEquals([drives.files("C:/data"), drives.files("D:")], before);
});
