import { assert, assertEquals, assertRejects } from "@std/assert";
import { bundle, bundlingFault } from "./run_bundler.ts";
import { type Bundler, importsOf, mergeChunks } from "./merge_chunks.ts";

const fault = await bundlingFault();

const bundler: Bundler = (programs, { external, outdir }) =>
  bundle(["--no-config", `--external=${external}`, ...programs], { outdir });

/** Runs the program of a bundle, and gives what it says. */
async function said(files: ReadonlyMap<string, string>): Promise<string> {
  const directory = await Deno.makeTempDir();
  try {
    for (const [name, code] of files) await Deno.writeTextFile(`${directory}/${name}`, code);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-config", `${directory}/main.js`],
    }).output();
    return new TextDecoder().decode(stderr) + new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const SPLIT = new Map(Object.entries({
  "main.js": 'import{a as t}from"./one.js";import"./two.js";t.push("main");' +
    'let l=await import("./late.js");l.late();l.late();t.push(l.count);let m=await import("./alone.js");' +
    "console.log(t.join(),m.x,Object.keys(m).join());",
  "one.js": 'var a=["one"];export{a};',
  "two.js": 'import{a as o}from"./one.js";o.push("two");var b="`./one.js`";export{b};',
  "late.js": 'import{a as e}from"./one.js";import{b as a,n as i}from"./base.js";import"./two.js";' +
    'e.push("late",new URL("./lane.js",import.meta.url).href.split("/").pop());' +
    'var r=()=>{i();import("./late.js").then(u=>{if(u.count!==a)throw new Error("another count")})};' +
    "export{r as late,a as count};",
  "base.js": 'import{a as e}from"./one.js";e.push("base");var b=0,n=()=>b++;export{b,n};',
  "alone.js": 'import{b as e}from"./base.js";var b=e;export{b as x};',
}));

Deno.test({
  name: "files of a bundle that are put together do what they did, in the same order",
  ignore: fault !== undefined,
  async fn() {
    const before = await said(SPLIT);
    assertEquals(before, "one,two,main,base,late,lane.js,2 2 x\n");
    const groups = [["one.js", "two.js"], ["late.js", "base.js"]];
    const merged = await mergeChunks(SPLIT, groups, bundler);
    assertEquals([...merged.keys()].sort(), ["alone.js", "main.js", "together-1.js", "together-2.js"]);
    assertEquals(await said(merged), before);
    assertEquals(importsOf(merged.get("main.js") ?? ""), ["together-1.js"]);
    assertEquals(importsOf(merged.get("together-2.js") ?? ""), ["together-1.js"]);
    for (const code of merged.values()) assert(!code.includes("beside:"), code);
  },
});

Deno.test("a bundle of which nothing is put together stays as it is", async () => {
  const never: Bundler = () => Promise.reject(new Error("bundled"));
  assertEquals(await mergeChunks(SPLIT, [], never), SPLIT);
});

Deno.test("an import of a whole file is refused where the file is put together with others", async () => {
  const files = new Map([["main.js", 'import*as a from"./one.js";'], ["one.js", "export{}"], [
    "two.js",
    "",
  ]]);
  await assertRejects(
    () => mergeChunks(files, [["one.js", "two.js"]], () => Promise.resolve()),
    Error,
    'Cannot merge "one.js": it is imported by "*as a"',
  );
});
