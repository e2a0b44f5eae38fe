import { assert, assertEquals, assertRejects } from "@std/assert";
import { isMapDataset, isStreamMixture } from "@lade/loader";
import { dataset, loader } from "./datasets.ts";
import { Lade } from "./lade.ts";

const ROOT = await Deno.makeTempDir();
addEventListener("unload", () => Deno.removeSync(ROOT, { recursive: true }));

for (const root of ["memory://data", `file://${ROOT}`, `direct://${ROOT}`]) {
  Deno.test(`loader() goes through what lies under ${root.split("/")[0]}// in order, and goes on where it was`, async () => {
    await using lade = new Lade();
    for (let i = 0; i < 10; i++) await lade.put(`${root}/set/${i}`, `sample ${i}`);
    const transform = (sample: unknown) => new TextDecoder().decode((sample as { bytes: Uint8Array }).bytes);
    const options = { batchSize: 4, shuffle: "full", seed: 1, transform, dataset: { lade } } as const;
    await using first = await loader<string>(`${root}/set/`, options);
    const seen: string[] = [];
    for await (const { data } of first) {
      seen.push(...data);
      break;
    }
    await using second = await loader<string>(`${root}/set/`, { ...options, state: first.state() });
    for await (const { data } of second) seen.push(...data);
    assertEquals(seen.toSorted(), Array.from({ length: 10 }, (_, i) => `sample ${i}`));
  });
}

Deno.test("dataset() of nothing is an error that names it", async () => {
  await using lade = new Lade();
  await assertRejects(
    () => dataset("memory://data/none/", { lade }),
    Error,
    '"memory://data/none/": no object lies there',
  );
});

Deno.test("loader() of several URIs without weights takes them as they are", async () => {
  await using lade = new Lade();
  for (const name of ["a", "b", "c"]) await lade.put(`memory://data/plain/${name}/1`, name);
  const parts = ["memory://data/plain/a/", "memory://data/plain/b/", { uri: "memory://data/plain/c/" }];
  await using mixed = await dataset(parts, { lade });
  assert(isMapDataset(mixed));
  assertEquals(mixed.parts.map(({ name, weight }) => [name, weight]), [
    ["memory://data/plain/a/", 1],
    ["memory://data/plain/b/", 1],
    ["memory://data/plain/c/", 1],
  ]);
});

Deno.test("loader() of several URIs draws each by its weight, whatever scheme it is of", async () => {
  await using lade = new Lade();
  for (let i = 0; i < 10; i++) await lade.put(`memory://data/mixed/${i}`, `a ${i}`);
  for (let i = 0; i < 4; i++) await lade.put(`file://${ROOT}/mixed/${i}`, `b ${i}`);
  const parts = [{ uri: "memory://data/mixed/", weight: 3 }, {
    uri: `file://${ROOT}/mixed`,
    weight: 1,
    name: "local",
  }];
  const textOf = (sample: unknown) => new TextDecoder().decode((sample as { bytes: Uint8Array }).bytes);
  const options = { batchSize: 5, samplesPerEpoch: 40, shuffle: "full", dataset: { lade } } as const;
  await using first = await loader<string>(parts, { ...options, transform: textOf });
  const seen: string[] = [];
  for await (const { data } of first) {
    seen.push(...data);
    if (seen.length === 15) break;
  }
  await using second = await loader<string>(parts, { ...options, transform: textOf, state: first.state() });
  for await (const { data } of second) seen.push(...data);
  assertEquals(seen.length, 40);
  const local = seen.filter((text) => text.startsWith("b"));
  assertEquals(new Set(local).size, 4);
  await using told = await loader<string>(parts, {
    ...options,
    dataset: { lade, tell: true },
    transform: (sample) =>
      `${(sample as { part: string }).part}: ${textOf((sample as { sample: unknown }).sample)}`,
  });
  const names: string[] = [];
  for await (const { data } of told) names.push(...data);
  assertEquals(
    names,
    seen.map((text) => `${text.startsWith("a") ? "memory://data/mixed/" : "local"}: ${text}`),
  );
});

Deno.test("dataset() of several URIs fails with the one that cannot be opened, and one alone tells nothing", async () => {
  await using lade = new Lade();
  await lade.put("memory://data/one/1", "1");
  const parts = [{ uri: "memory://data/one/" }, { uri: "memory://data/none/" }];
  await assertRejects(() => dataset(parts, { lade }), Error, '"memory://data/none/": no object lies there');
  const options = { lade, tell: true };
  await assertRejects(() => dataset("memory://data/one/", options), TypeError, "it is one alone");
});

Deno.test("loader() of several URIs draws each by its weight, whatever kind it is of, and goes on where it was", async () => {
  await using lade = new Lade();
  const lines = (name: string, count: number) =>
    Array.from({ length: count }, (_, i) => `{"of":"${name}","row":${i}}\n`).join("");
  await lade.put("memory://data/kinds/a.jsonl", lines("a", 30));
  await lade.put(
    "memory://data/kinds/b.csv",
    `of,row\n${Array.from({ length: 9 }, (_, i) => `b,${i}\n`).join("")}`,
  );
  for (let i = 0; i < 5; i++) await lade.put(`memory://data/kinds/c/${i}`, `c ${i}`);
  const parts = [
    { uri: "memory://data/kinds/a.jsonl", weight: 2 },
    { uri: "memory://data/kinds/b.csv", weight: 1, name: "b" },
    { uri: "memory://data/kinds/c/", weight: 1, name: "c" },
  ];
  await using opened = await dataset(parts, { lade });
  assert(isStreamMixture(opened));
  assertEquals(opened.members.map(({ name }) => name), ["memory://data/kinds/a.jsonl", "b", "c"]);
  const options = {
    batchSize: 8,
    samplesPerEpoch: 60,
    shuffle: true,
    transform: (sample: unknown) => {
      const { bytes, of, row } = sample as { bytes?: Uint8Array; of?: string; row?: bigint };
      return bytes ? new TextDecoder().decode(bytes) : `${of} ${row}`;
    },
    dataset: { lade },
  } as const;
  await using first = await loader<string>(parts, options);
  const seen: string[] = [];
  for await (const { data } of first) {
    seen.push(...data);
    if (seen.length === 24) break;
  }
  await using second = await loader<string>(parts, {
    ...options,
    state: JSON.parse(JSON.stringify(first.state())),
  });
  for await (const { data } of second) seen.push(...data);
  for await (const { data } of second) seen.push(...data);
  assertEquals(seen.length, 120);
  const of = (name: string) => seen.filter((text) => text.startsWith(name));
  assertEquals([30, 9, 5].map((count, part) => new Set(of("abc"[part] ?? "").slice(0, count)).size), [
    30,
    9,
    5,
  ]);
  await assertRejects(
    () => loader(parts, { ...options, samplesPerEpoch: undefined as never }),
    TypeError,
    "say with samplesPerEpoch how many an epoch draws",
  );
});
