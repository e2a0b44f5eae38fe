import { assertEquals, assertRejects } from "@std/assert";
import { InvalidNameError, NotFoundError } from "@lade/core";
import { Lade } from "../lade.ts";

async function inDirectory(test: (path: string, lade: Lade) => Promise<void>): Promise<void> {
  await using lade = new Lade();
  const path = await Deno.makeTempDir();
  try {
    await test(path, lade);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

Deno.test("a socket named with a slash at its end is refused as what it is, and stays", () =>
  inDirectory(async (path, lade) => {
    using _socket = Deno.listen({ transport: "unix", path: `${path}/socket` });
    const settle = () => lade.settleRemoval({ uri: `file://${path}/socket/`, recursive: true });
    await assertRejects(settle, InvalidNameError, "it is a socket, pipe or device; leave out the slash");
    assertEquals((await Deno.lstat(`${path}/socket`)).isSocket, true);
  }));

Deno.test("a directory that is missing is a NotFoundError when it is removed, and fine with force", () =>
  inDirectory(async (path, lade) => {
    const request = { uri: `file://${path}/missing/`, recursive: true };
    const removal = await lade.settleRemoval(request);
    await assertRejects(() => Array.fromAsync(removal.run()), NotFoundError);
    const forced = await lade.settleRemoval({ ...request, force: true });
    assertEquals(await Array.fromAsync(forced.run()), []);
  }));

Deno.test("a container that is a missing directory is a NotFoundError, and one that is a file is refused", () =>
  inDirectory(async (path, lade) => {
    await Deno.writeTextFile(`${path}/file`, "1");
    const settle = (name: string) => lade.settleContainer({ uri: `file://${path}/${name}/`, force: true });
    await assertRejects(() => settle("missing"), NotFoundError, "no such directory");
    await assertRejects(() => settle("file"), InvalidNameError, "it is a file, no directory");
  }));

Deno.test("a directory is not told to be removed as an object, also with force", () =>
  inDirectory(async (path, lade) => {
    await Deno.mkdir(`${path}/d`);
    for (const force of [false, true]) {
      const settle = () => lade.settleRemoval({ uri: `file://${path}/d`, force });
      await assertRejects(settle, InvalidNameError, "it is a directory");
    }
    assertEquals((await Deno.lstat(`${path}/d`)).isDirectory, true);
  }));
