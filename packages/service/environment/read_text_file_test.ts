import { assertEquals, assertRejects } from "@std/assert";
import { readTextFile, whyUnread } from "./read_text_file.ts";

Deno.test("readTextFile() reads text as it is, and knows what is missing from what cannot be read", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const text = "ä€😀\n".repeat(20_000);
    await Deno.writeTextFile(`${directory}/text`, text);
    await Deno.writeTextFile(`${directory}/empty`, "");
    assertEquals(await readTextFile(`${directory}/text`), text);
    assertEquals(await readTextFile(`${directory}/empty`), "");
    assertEquals(await readTextFile(`${directory}/none`), undefined);
    assertEquals(await readTextFile(`${directory}/text/none`), undefined);
    assertEquals(whyUnread(await assertRejects(() => readTextFile(directory))), "it is a directory");
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test({
  name: "readTextFile() gives up what does not end",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const error = await assertRejects(() => readTextFile("/dev/zero"), RangeError);
    assertEquals(whyUnread(error), "it has more than 16 MiB");
  },
});
