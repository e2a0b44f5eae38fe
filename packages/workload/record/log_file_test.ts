import { AlreadyExistsError, NotFoundError } from "@lade/core/errors";
import { assertEquals, assertRejects } from "@std/assert";
import { LogFile } from "./log_file.ts";

Deno.test("a log that was removed or replaced while it was written fails at its end, and none is replaced", async () => {
  const path = `${await Deno.makeTempDir()}/log`;
  const make = async (meanwhile: () => Promise<void>) => {
    const file = await LogFile.create(path);
    await file.write(new Uint8Array(3));
    await assertRejects(() => LogFile.create(path), AlreadyExistsError);
    await meanwhile();
    return await file.close();
  };
  try {
    await assertRejects(() => make(() => Deno.remove(path)), NotFoundError, "while it was written");
    await assertRejects(
      () =>
        make(async () => {
          await Deno.rename(path, `${path}.old`);
          await Deno.writeTextFile(path, "another");
        }),
      NotFoundError,
    );
    assertEquals(await Deno.readTextFile(path), "another");
    await Deno.remove(path);
    assertEquals((await make(() => Promise.resolve())).size, 3);
  } finally {
    await Deno.remove(path.slice(0, -4), { recursive: true });
  }
});

Deno.test("a log that cannot be begun is an error that says why", async () => {
  const path = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${path}/file`, "");
    for (const place of ["none/log", "file/log"]) {
      const error = await assertRejects(() => LogFile.create(`${path}/${place}`), NotFoundError);
      assertEquals(
        error.message,
        `Cannot write the op-log to "${path}/${place}": there is no such directory; make it first`,
      );
    }
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});
