import { assert, assertEquals } from "@std/assert";
import { getBytes } from "@lade/core";
import type { S3Store } from "@lade/s3";

/** A bucket, and who may write to it. */
export interface ReachedBucket {
  readonly url: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly bucket: string;
}

/** What a killed process was to write, and after how many parts it is killed. */
export interface KilledWrite {
  readonly partSize: number;
  readonly size: number;
  readonly kept: number;
}

/** Kills a process that writes "object" and goes on with the write: every part that was called written is there. */
export async function resumeAfterKill(
  reached: ReachedBucket,
  store: S3Store,
  write: KilledWrite,
): Promise<void> {
  const { partSize, size, kept } = write;
  const token = await killedToken(reached, write);
  const [upload] = await Array.fromAsync(store.listUploads());
  assertEquals([upload?.key, upload?.id], ["object", JSON.parse(token).id]);
  await using writer = await store.resumePartWriter("object", size, token);
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
  assertEquals(await Array.fromAsync(store.listUploads()), []);
}

/** Has a process write parts, kills it once it has told of some, and gives the token that it told. */
async function killedToken(reached: ReachedBucket, { partSize, size, kept }: KilledWrite): Promise<string> {
  const script = new URL("./resumable_process.ts", import.meta.url).pathname;
  const { url, accessKeyId, secretAccessKey, bucket } = reached;
  const setting = [url, accessKeyId, secretAccessKey, bucket, `${partSize}`, `${size}`];
  await using child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--allow-all", "--no-check", script, ...setting],
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
