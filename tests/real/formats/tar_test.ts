import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ObjectStore } from "@lade/core";
import { UnsupportedError } from "@lade/core/errors";
import { openFileStore } from "@lade/fs";
import { scanTar, streamTar, TarWriter } from "../../../packages/formats/tar/mod.ts";
import { testWithPython } from "./python.ts";

const WRITE = `
import io, sys, tarfile
fmt = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}[sys.argv[1]]
mode = sys.argv[2]
with tarfile.open("a.tar", "w" + mode, format=fmt) as tar:
    def add(name, data=b"", **more):
        info = tarfile.TarInfo(name)
        info.size = len(data)
        for key, value in more.items(): setattr(info, key, value)
        tar.addfile(info, io.BytesIO(data))
    add("plain.txt", b"hello", mtime=1700000000, uid=1000, gid=100, uname="user", gname="group", mode=0o640)
    add("d", type=tarfile.DIRTYPE, mode=0o755)
    add("d/" + "p" * 120 + "/" + "f" * 90, b"x" * 1000)
    add("link", type=tarfile.SYMTYPE, linkname="plain.txt")
    add("hard", type=tarfile.LNKTYPE, linkname="plain.txt")
    add("empty")
    if fmt != tarfile.USTAR_FORMAT:
        add("n" * 300, b"long")
        add("long link", type=tarfile.SYMTYPE, linkname="l" * 200)
        add("\\u00e9\\u2603/\\U0001d538", b"unicode", uname="\\u00fc")
        add("big", uid=2**31)
    if fmt == tarfile.PAX_FORMAT: add("time", mtime=1.25)
`;

const LIST = `
import json, sys, tarfile
kinds = {b"0": "file", b"1": "hardlink", b"2": "symlink", b"5": "directory", b"6": "fifo"}
with tarfile.open("a.tar") as tar:
    rows = []
    for m in tar:
        data = tar.extractfile(m).read().decode() if m.isreg() else ""
        rows.append([m.name, kinds[m.type], m.size, m.offset_data, m.offset, m.mode, m.mtime, m.uid, m.gid, m.uname, m.gname, m.linkname, data])
    print(json.dumps(rows))
`;

/** What Lade reads, in the form in which Python prints what it reads. */
async function rowsOf(store: ObjectStore): Promise<unknown[]> {
  const rows = [];
  for await (const entry of streamTar(store, "a.tar")) {
    const { name, type, size, offset, headerOffset, mode, mtime, uid, gid } = entry.member;
    const { userName = "", groupName = "", linkName = "" } = entry.member;
    const data = new TextDecoder().decode(await entry.bytes());
    rows.push([
      name,
      type,
      size,
      offset,
      headerOffset,
      mode,
      mtime,
      uid,
      gid,
      userName,
      groupName,
      linkName,
      data,
    ]);
  }
  return rows;
}

for (const format of ["ustar", "gnu", "pax"]) {
  for (const mode of ["", ":gz"]) {
    testWithPython(`tar: what Python's tarfile writes as ${format}${mode} is read`, async (python) => {
      await python.run(WRITE, format, mode);
      const expected = JSON.parse(await python.run(LIST));
      await using store = await openFileStore(python.directory);
      assertEquals(await rowsOf(store), expected);
      assert(expected.length >= 6);
    });
  }
}

testWithPython("tar: what Lade writes is read by Python's tarfile and by GNU tar", async (python) => {
  await using store = await openFileStore(python.directory);
  await using writer = await TarWriter.create(store, "a.tar");
  const data = new TextEncoder().encode("data");
  await writer.add({ name: "plain", mtime: 1700000000, uid: 1, gid: 2, userName: "u", groupName: "g" }, data);
  await writer.add({ name: `${"p".repeat(140)}/${"f".repeat(100)}` }, data);
  await writer.add({ name: `${"q".repeat(200)}/é☃𝔸`, userName: "ü" }, data);
  await writer.add({ name: "d", type: "directory", mode: 0o700 });
  await writer.add({ name: "s", type: "symlink", linkName: "l".repeat(150) });
  await writer.add({ name: "h", type: "hardlink", linkName: "plain" });
  await writer.add({ name: "p", type: "fifo" });
  await writer.add({ name: "t", mtime: 1.25, uid: 2 ** 31 });
  await writer.add({ name: "past", mtime: -100.5 });
  await writer.close();
  assertEquals(await rowsOf(store), JSON.parse(await python.run(LIST)));
  const { success, stdout, stderr } = await new Deno.Command("tar", {
    args: ["-tf", `${python.directory}/a.tar`, "--quoting-style=literal"],
    env: { LC_ALL: "C.UTF-8" },
  }).output();
  assertEquals([success, new TextDecoder().decode(stderr)], [true, ""]);
  const names = (await Array.fromAsync(scanTar(store, "a.tar"))).map(({ name, type }) =>
    type === "directory" ? `${name}/` : name
  );
  assertEquals(new TextDecoder().decode(stdout).trimEnd().split("\n"), names);
});

testWithPython(
  "tar: sizes past 8 GiB are read as Python writes them",
  async (python) => {
    await using store = await openFileStore(python.directory);
    for (const format of ["gnu", "posix"]) {
      await python.run(
        `
import sys, tarfile
fmt = {"gnu": tarfile.GNU_FORMAT, "posix": tarfile.PAX_FORMAT}[sys.argv[1]]
info = tarfile.TarInfo("huge")
info.size = 2**33 + 5
with open("a.tar", "wb") as f:
    f.write(info.tobuf(fmt))
    f.seek(f.tell() + 2**33 + 512)
    last = tarfile.TarInfo("last")
    f.write(last.tobuf(fmt) + bytes(1024))
`,
        format,
      );
      const found = await Array.fromAsync(scanTar(store, "a.tar"));
      assertEquals(found.map(({ name, size }) => [name, size]), [["huge", 2 ** 33 + 5], ["last", 0]]);
    }
  },
);

testWithPython("tar: sparse members of GNU tar are refused", async (python) => {
  await python.run(`
import subprocess
with open("hole", "wb") as f:
    f.truncate(2**20)
    f.seek(2**19)
    f.write(b"x")
for format in ["gnu", "posix"]:
    subprocess.run(["tar", "--sparse", f"--format={format}", "-cf", f"{format}.tar", "hole"], check=True)
`);
  await using store = await openFileStore(python.directory);
  for (const format of ["gnu", "posix"]) {
    await assertRejects(() => Array.fromAsync(scanTar(store, `${format}.tar`)), UnsupportedError, "sparse");
  }
});
