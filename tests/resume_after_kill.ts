import { fileURLToPath } from "node:url";
import { assert, assertEquals } from "@std/assert";
import { getBytes, listUploads, type ObjectStore, resumePartWriter } from "@lade/core";

/** A script that writes "object" to be resumed, and what it is given before the sizes of part and object. */
export interface KilledProcess {
  readonly script: URL;
  readonly setting: readonly string[];
}

/** What a killed process was to write, and after how many parts it is killed. */
export interface KilledWrite {
  readonly partSize: number;
  readonly size: number;
  readonly kept: number;
}

/** Kills a process that writes "object" and goes on with the write: every part that was called written is there. */
export async function resumeAfterKill(
  process: KilledProcess,
  store: ObjectStore,
  write: KilledWrite,
): Promise<void> {
  const { partSize, size, kept } = write;
  const token = await killedToken(process, write);
  const [upload] = await Array.fromAsync(listUploads(store));
  assertEquals([upload?.key, upload?.id], ["object", JSON.parse(token).id]);
  await using writer = await resumePartWriter(store, "object", size, token);
  for (let index = 0; index < writer.partCount; index++) {
    if (index < kept) assert(writer.isWritten(index), `part ${index} of ${kept}`);
    if (writer.isWritten(index)) continue;
    await writer.writePart(
      index,
      new Uint8Array(Math.min(partSize, size - index * partSize)).fill(index + 1),
    );
  }
  await writer.close();
  const { bytes } = await getBytes(store, "object");
  assertEquals(bytes.length, size);
  assert(bytes.every((byte, at) => byte === Math.floor(at / partSize) + 1), `after ${kept} parts`);
  assertEquals(await Array.fromAsync(listUploads(store)), []);
}

/** Has a process write parts, kills it once it has told of some, and gives the token that it told. */
async function killedToken(
  { script, setting }: KilledProcess,
  { partSize, size, kept }: KilledWrite,
): Promise<string> {
  const sizes = [`${partSize}`, `${size}`];
  await using child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--allow-all", "--no-check", fileURLToPath(script)],
      ...setting,
      ...sizes,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const text = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const lines: string[] = [];
  let rest = "";
  while (lines.length <= kept) {
    const { value, done } = await text.read();
    if (done) throw new Error(await new Response(child.stderr).text());
    const pieces = (rest + value).split("\n");
    rest = pieces.pop() ?? "";
    lines.push(...pieces);
  }
  child.kill("SIGKILL");
  await text.cancel();
  await child.stderr.cancel();
  await child.stdin.close().catch(() => {});
  await child.status;
  return lines[0] ?? "";
}
