import { assertEquals, assertRejects } from "@std/assert";
import { getBytes, MemoryStore } from "@lade/core";
import { FormatError } from "../errors/format_error.ts";
import { readShardList, writeShardList } from "./shard_list.ts";

Deno.test("shard lists: are written and read", async () => {
  await using store = new MemoryStore();
  const shardlist = [
    { url: "train-000000.tar", nsamples: 10, filesize: 2048, md5sum: "d41d8cd98f00b204e9800998ecf8427e" },
    { url: "s3://b/train-000001.tar", nsamples: 0 },
  ];
  await writeShardList(store, "train.json", { name: "train", shardlist });
  assertEquals(
    new TextDecoder().decode((await getBytes(store, "train.json")).bytes),
    '{"wids_version": 1, "name": "train", "shardlist": [\n' +
      '  {"url":"train-000000.tar","nsamples":10,"filesize":2048,"md5sum":"d41d8cd98f00b204e9800998ecf8427e"},\n' +
      '  {"url":"s3://b/train-000001.tar","nsamples":0}\n]}\n',
  );
  assertEquals(await readShardList(store, "train.json"), { name: "train", shardlist });
  await assertRejects(() => writeShardList(store, "x", { shardlist: [{ url: "", nsamples: 1 }] }), TypeError);
  await assertRejects(
    () => writeShardList(store, "x", { shardlist: [{ url: "a", nsamples: -1 }] }),
    TypeError,
  );
});

Deno.test("shard lists: what is none is an error", async () => {
  await using store = new MemoryStore();
  const list = (shard: string) => `{"wids_version":1,"shardlist":[{"url":"a","nsamples":1},${shard}]}`;
  const cases: [string, string][] = [
    ["", "no JSON"],
    ["[]", "no object"],
    ['{"wids_version":2,"shardlist":[]}', "no object"],
    ['{"wids_version":1}', "no object"],
    [list("3"), "shard 1 has nothing as url"],
    [list('{"nsamples":1}'), "shard 1 has undefined as url"],
    [list('{"url":"b"}'), "as nsamples"],
    [list('{"url":"b","nsamples":-1}'), "shard 1 has -1 as nsamples"],
    [list('{"url":"b","nsamples":1,"filesize":0.5}'), "as filesize"],
    [list('{"url":"b","nsamples":1,"md5sum":"x"}'), "as md5sum"],
  ];
  for (const [text, message] of cases) {
    await store.put("l.json", new TextEncoder().encode(text));
    await assertRejects(() => readShardList(store, "l.json"), FormatError, message);
  }
  // The beginning of a pickle.
  await store.put("l.json", Uint8Array.of(0x80, 4, 0x95));
  await assertRejects(() => readShardList(store, "l.json"), FormatError, "no JSON");
});
