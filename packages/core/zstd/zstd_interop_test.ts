import { assertEquals, assertRejects } from "@std/assert";
import { ChecksumMismatchError, UnsupportedError } from "../errors/errors.ts";
import { decompressZstdBytes } from "./decompress_zstd_bytes.ts";
import { RecordingWriter } from "./recording_writer_test.ts";
import { concat, jsonSample, randomSample } from "../../codec/testing/samples.ts";
import { withZstd } from "./with_zstd.ts";

const content = concat(jsonSample(3 * 2 ** 20, 1), randomSample(2 ** 20, 2), new Uint8Array(2 ** 20));

async function zstd(input: Uint8Array, ...args: string[]): Promise<Uint8Array<ArrayBuffer>> {
  const command = new Deno.Command("zstd", { args, stdin: "piped", stdout: "piped", stderr: "piped" });
  const child = command.spawn();
  const writer = child.stdin.getWriter();
  const written = writer.write(input).then(() => writer.close());
  const [{ success, stdout, stderr }] = await Promise.all([child.output(), written]);
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return stdout;
}

function isInstalled(): boolean {
  try {
    return new Deno.Command("zstd", { args: ["--version"], stdout: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

const ignore = !isInstalled();
const note = ignore ? " (skipped: no zstd command on PATH)" : "";

Deno.test({
  name: `withZstd() writes what the zstd command reads${note}`,
  ignore,
  fn: async () => {
    for (
      const [size, level] of [[0, 3], [1, 3], [100_000, 1], [content.length, 3], [1_000_000, 12]] as const
    ) {
      const inner = new RecordingWriter();
      const writer = withZstd(inner, { frameSize: 2 ** 20, level });
      await writer.write(content.subarray(0, size));
      await writer.close();
      assertEquals(await zstd(inner.bytes, "-dc"), content.subarray(0, size));
    }
  },
});

Deno.test({
  name: `decompressZstd() reads what the zstd command writes${note}`,
  ignore,
  fn: async () => {
    for (
      const args of [["-1"], ["-3", "--no-check"], ["-12"], ["-5", "-T2", "-B1MiB"], ["--long=27"], [
        "--fast=5",
      ]]
    ) {
      assertEquals(
        await decompressZstdBytes(await zstd(content.subarray(0, 2 ** 21), "-c", ...args)),
        content.subarray(0, 2 ** 21),
      );
    }
    const small = await zstd(content.subarray(0, 1000), "-c", "-22", "--ultra");
    assertEquals(
      await decompressZstdBytes(concat(small, small)),
      concat(content.subarray(0, 1000), content.subarray(0, 1000)),
    );
    await assertRejects(
      () => decompressZstdBytes(small.subarray(0, -1)),
      ChecksumMismatchError,
      "ends early",
    );
  },
});

Deno.test({
  name: `decompressZstd() reads the large windows of the zstd command when told to${note}`,
  ignore,
  fn: async () => {
    const frame = await zstd(content, "-c", "--ultra", "-1", "--long=28");
    await assertRejects(() => decompressZstdBytes(frame), UnsupportedError, "maxWindowLog 27");
    assertEquals(await decompressZstdBytes(frame, { maxWindowLog: 28 }), content);
  },
});
