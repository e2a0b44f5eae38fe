import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";

const root = new URL("../../", import.meta.url);

Deno.test("the example of docs/loader.md runs in workers, with the module that it shows", async () => {
  const text = await Deno.readTextFile(new URL("docs/loader.md", root));
  const section = text.slice(text.indexOf("## Work in threads"));
  const [module = "", example = ""] = [...section.matchAll(/```ts(?: ignore)?\n(.*?)```/gs)].map(([, code]) =>
    code ?? ""
  );
  const directory = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${directory}/train`);
    for (let i = 0; i < 70; i++) {
      await Deno.writeFile(`${directory}/train/${i}`, new Uint8Array(2000).fill(i));
    }
    await Deno.writeTextFile(`${directory}/augment.ts`, module);
    await Deno.writeTextFile(
      `${directory}/train.ts`,
      `${example.replace("s3://bucket/train/", `file://${directory}/train/`)}
for await (const { data } of images) {
  console.log(data.length, data.every(({ bytes }) => bytes.length === 1024), images.stats().workers > 0);
  if (images.epoch > 0 || data.length < 64) break;
}`,
    );
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        "--config",
        fileURLToPath(new URL("deno.json", root)),
        `${directory}/train.ts`,
      ],
    }).output();
    assertEquals(
      new TextDecoder().decode(stdout),
      "64 true true\n6 true true\n",
      new TextDecoder().decode(stderr),
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
