/** Prints what calls on files come to that cannot be done: the same on every runtime. */
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { copy, get, list, put, remove, StoreError, upload } from "@lade/lade";

const root = await realpath(await mkdtemp(`${tmpdir()}/lade-`));
await mkdir(`${root}/directory`);
await writeFile(`${root}/directory/kept`, "text");
await writeFile(`${root}/file`, "text");
await symlink("loop", `${root}/loop`);
await symlink("nowhere/file", `${root}/lost`);
const text = "x";

for (const scheme of ["file", "direct"]) {
  const uri = (name: string) => `${scheme}://${root}/${name}`;
  const calls = {
    missing: () => get(uri("none")),
    below: () => get(uri("file/below")),
    directory: () => get(uri("directory")),
    loop: () => get(uri("loop")),
    long: () => get(uri("x".repeat(300))),
    written: () => put(uri("directory"), text),
    "written below": () => put(uri("file/below"), text),
    "written into a loop": () => put(uri("loop"), text),
    "written to a link to nowhere": () => put(uri("lost"), text),
    "written anew": () => put(uri("file"), text, { ifNoneMatch: "*" }),
    "written if unchanged": () => put(uri("file"), text, { ifMatch: "other" }),
    full: () => put(`${scheme}:///dev/full`, text),
    listed: () => Array.fromAsync(list(uri("none/"))),
    copied: () => copy(uri("none"), uri("copy")),
    removed: () => remove(uri("none")),
    uploaded: () => upload(`${root}/none`, uri("directory/")),
  };
  for (const [name, call] of Object.entries(calls)) {
    const told = await call().then(() => "done", (error) => {
      if (!(error instanceof StoreError)) return `${error}`;
      return `${error.name} ${error.code} ${error.message}`;
    });
    console.log(name, told.replaceAll(root, "ROOT").replace(/"4-[-\d]+"/, "ETAG"));
  }
}
await rm(root, { recursive: true });
