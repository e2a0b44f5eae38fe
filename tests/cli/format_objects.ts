import { getBytes, MemoryStore } from "@lade/core";
import { indexObject } from "@lade/formats/index";
import { TarWriter } from "@lade/formats/tar";

/** Small objects of formats, for command lines that read them: a table, two shards of samples, and an index of one. */
export async function formatObjects(): Promise<Readonly<Record<string, Uint8Array<ArrayBuffer> | string>>> {
  await using store = new MemoryStore();
  await using writer = await TarWriter.create(store, "shard.tar");
  for (const name of ["1.txt", "1.cls", "2.txt"]) await writer.add({ name }, new TextEncoder().encode(name));
  await writer.close();
  const { indexKey } = await indexObject(store, "shard.tar");
  const { bytes: shard } = await getBytes(store, "shard.tar");
  const { bytes: index } = await getBytes(store, indexKey);
  return {
    "rows.csv": "id,name\n1,a\n2,b\n",
    "shard.tar": shard,
    "shards/a.tar": shard,
    "shards/a.idx": index,
  };
}
