import { assert, assertEquals, assertMatch } from "@std/assert";
import { type CompileSetup, faultOf } from "../../../tools/build/compile_by_deno.ts";
import { TemporaryDirectory } from "../temporary_directory.ts";
import { POSIX } from "./packed.ts";
import { writeExecutable } from "../../write_executable.ts";

const MODULE = new URL("../../../tools/build/compile_by_deno.ts", import.meta.url).href;
/** Deno appends to a runtime of Linux that is given to it. */
const LINUX = { ignore: Deno.build.os !== "linux" };
const OTHER = Deno.build.arch === "x86_64" ? "aarch64-unknown-linux-gnu" : "x86_64-unknown-linux-gnu";

/** Compiles with this Deno in place of the runtime that is downloaded. */
async function compile(setup: CompileSetup): Promise<string | undefined> {
  const code = `
    import { compileByDeno } from ${JSON.stringify(MODULE)};
    console.log(JSON.stringify({ fault: await compileByDeno(${JSON.stringify(setup)}) }));
  `;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", code],
    env: { DENORT_BIN: Deno.execPath(), NO_COLOR: "1" },
    stderr: "inherit",
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).fault;
}

Deno.test("what deno compile makes has every file of the program, and its permissions", LINUX, async () => {
  const files = {
    "main.js": `if (import.meta.main) await import("./late.js");`,
    "late.js": `export const late = "loaded late";`,
    "lane.js": `onmessage = () => postMessage("of a worker");`,
    "a b's-🚢.js": `export const odd = "of an odd name";`,
  };
  await using directory = await TemporaryDirectory.make(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [`a program/${name}`, text])),
  );
  const { path } = directory;
  const setup = { program: `${path}/a program`, output: `${path}/made` };
  assertEquals(await compile({ ...setup, target: OTHER, flags: ["--allow-ffi"] }), undefined);
  const runtime = (await Deno.stat(Deno.execPath())).size;
  const made = new TextDecoder().decode((await Deno.readFile(`${path}/made`)).subarray(runtime - 2 ** 16));
  for (const [name, text] of Object.entries(files)) assert(made.includes(text), name);
  const [, permissions = "{}"] = /"permissions":(\{[^{}]*\})/.exec(made) ?? [];
  const allowed = Object.entries(JSON.parse(permissions)).filter(([name, value]) =>
    name.startsWith("allow_") && value !== null && name !== "allow_import"
  );
  assertEquals(Object.fromEntries(allowed), {
    allow_env: [],
    allow_ffi: [],
    allow_net: [],
    allow_read: [],
    allow_run: ["/bin/sh"],
    allow_sys: [],
    allow_write: [],
  });
  // Here it can be run, and is found out to be something else.
  assertMatch(
    await compile({ ...setup, target: Deno.build.target }) ?? "",
    /^what deno compile made is not the program: it says deno \d+\.\d+\.\d+.*$/,
  );
  await Deno.remove(`${path}/a program/main.js`);
  assertMatch(await compile({ ...setup, target: OTHER }) ?? "", /^deno compile failed: .*main\.js/);
});

Deno.test("what lacks what it loads late is not taken for the program", POSIX, async () => {
  await using directory = await TemporaryDirectory.make();
  const file = `${directory.path}/made`;
  const fault = async (version: string, ls: string) => {
    await writeExecutable(
      file,
      new TextEncoder().encode(
        `#!/bin/sh\ncase $1,$2 in\n--version,) ${version};;\nls,PLACE) ${ls};;\nesac\n`,
      ),
    );
    return await faultOf(file, "PLACE");
  };
  const version = "echo lade 1";
  assertEquals(await fault(version, "echo ' 12 lane.js'; echo ' 34 main.js'"), undefined);
  assertEquals(
    await fault(version, "echo Module not found >&2; exit 1"),
    "what deno compile made does not run: Module not found",
  );
  const other = "what deno compile made is not the program: it says";
  assertEquals(await fault(version, "echo PLACE"), `${other} PLACE`);
  assertEquals(await fault("echo deno 2; echo v8 1", "echo ' main.js'"), `${other} deno 2`);
});
