import { assert, assertEquals } from "@std/assert";
import { dataset, Lade, loader, type UriLoaderOptions } from "@lade/lade";
import { isStreamMixture, type LoaderState, mergeStates } from "@lade/loader";
import { ascending } from "../../packages/loader/testing/range_dataset.ts";
import { STREAM_FILES } from "../../packages/loader/testing/stream_files.ts";

/** A data set of each kind that can only be gone through, in three objects of ten samples each, and one of whole objects. */
async function filled(lade: Lade) {
  const parts = [];
  for (const [part, { suffix, make }] of STREAM_FILES.entries()) {
    const uri = `memory://m/${part}/`;
    for (let object = 0; object < 3; object++) {
      const first = part * 100 + object * 10;
      await lade.put(`${uri}${object}${suffix}`, await make(ascending(10).map((id) => first + id)));
    }
    parts.push({ uri, weight: 1 + part % 3, name: suffix, index: false });
  }
  for (let id = 0; id < 20; id++) {
    await lade.put(`memory://m/files/${id}`, `${STREAM_FILES.length * 100 + id}`);
  }
  return [...parts, { uri: "memory://m/files/", weight: 2, name: "files" }];
}

const transform = (sample: unknown) => {
  const { part, sample: own } = sample as { part: string; sample: { bytes: Uint8Array } };
  const files = STREAM_FILES.find(({ suffix }) => suffix === part);
  return files ? files.idOf(own) : Number(new TextDecoder().decode(own.bytes));
};

Deno.test("a mixture of every kind of stream, and of objects, is shared by two ranks and gone on with by one", async () => {
  await using lade = new Lade();
  const parts = await filled(lade);
  const options: UriLoaderOptions<number, readonly number[]> = {
    ...{ seed: 5, samplesPerEpoch: 900, shuffle: { window: 4, lanes: 2 }, transform },
    dataset: { lade, tell: true },
  };
  const drawn = async (more: typeof options, steps = Infinity) => {
    await using batches = await loader<number>(parts, { ...options, ...more, epochs: 1 });
    const ids: number[] = [];
    let count = 0;
    for await (const { data } of batches) {
      ids.push(...data);
      if (++count === steps) break;
    }
    return { ids, state: JSON.parse(JSON.stringify(batches.state())) as LoaderState };
  };
  const { ids: whole } = await drawn({ batchSize: 30 });
  assertEquals(whole.length, 900);
  assertEquals(new Set(whole).size, STREAM_FILES.length * 30 + 20);
  const seen: number[] = [];
  let state: LoaderState | undefined;
  for (const steps of [2, 5]) {
    const given = { batchSize: 15, ...(state && { state }) };
    const ranks = await Promise.all(
      [0, 1].map((rank) => drawn({ ...given, world: { rank, size: 2 } }, steps)),
    );
    seen.push(...ranks.flatMap(({ ids }) => ids));
    state = mergeStates(ranks.map(({ state }) => state));
  }
  seen.push(...(await drawn({ batchSize: 7, ...(state && { state }) })).ids);
  assertEquals(seen.toSorted((a, b) => a - b), whole.toSorted((a, b) => a - b));
});

Deno.test("a mixture with streams names the data set, object and record of what is damaged", async () => {
  await using lade = new Lade();
  await lade.put("memory://m/good.jsonl", '{"id": 1}\n{"id": 2}\n');
  await lade.put("memory://m/bad.jsonl", '{"id": 1}\n{"id": "two"}\n{"id": 3}\n');
  const parts = ["memory://m/good.jsonl", "memory://m/bad.jsonl"].map((uri) => ({
    uri,
    weight: 1,
    schema: { fields: [{ name: "id", type: { kind: "int64" }, nullable: false }] },
  })) as Parameters<typeof dataset>[0];
  await using opened = await dataset(parts, { lade });
  assert(isStreamMixture(opened));
  await using batches = await loader(parts, {
    ...{ samplesPerEpoch: 10, batchSize: 10, onError: "skip", maxSkipped: 10 },
    dataset: { lade },
  });
  for await (const { skipped } of batches) {
    assert(skipped.length > 0);
    for (const { dataset, uri, record } of skipped) {
      assertEquals([dataset, uri, record], ["memory://m/bad.jsonl", "memory://m/bad.jsonl", 1]);
    }
  }
});
