import { assert, assertEquals, assertRejects } from "@std/assert";
import { InvalidCheckpointError, openCheckpoints } from "@lade/checkpoint";
import type { GetOptions, GetResult } from "@lade/core";
import { ForwardingStore } from "@lade/core/layers";
import { openDirectStore, openFileStore } from "@lade/fs";

const [ROWS, COLUMNS] = [6144, 2048];
const MIB = 2 ** 20;

/** A value of each place of a matrix that its neighbours do not have. */
const valueOf = (place: number) => (place * 7 ^ place >> 9) & 0xff;

/** Counts what is asked for. */
class CountedStore extends ForwardingStore {
  requests = 0;

  override get(key: string, options: GetOptions = {}): Promise<GetResult> {
    if (key.includes("/data/")) this.requests++;
    return super.get(key, options);
  }
}

async function saved() {
  const root = await Deno.makeTempDir();
  const store = await openFileStore(root, { sync: "none" });
  await using series = await openCheckpoints(store, "c", { shardBytes: 32 * MIB });
  const matrix = Uint8Array.from({ length: ROWS * COLUMNS }, (_, place) => valueOf(place));
  await series.save(1, {
    tensors: [
      { name: "a", dtype: "uint8", shape: [ROWS, COLUMNS], data: matrix },
      { name: "b", dtype: "uint8", shape: [9 * MIB + 5], data: new Uint8Array(9 * MIB + 5).fill(9) },
      { name: "c", dtype: "uint8", shape: [3], data: Uint8Array.of(1, 2, 3) },
    ],
  }).committed;
  return { root, matrix, [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }) };
}

Deno.test("large parts of local files are loaded right by few requests, whatever part of them is wanted", async () => {
  await using made = await saved();
  for (const open of [openFileStore, openDirectStore]) {
    const store = new CountedStore(await open(made.root), ["beneath"]);
    await using series = await openCheckpoints(store, "c", { readOnly: true });
    await using checkpoint = await series.open("latest");
    for (const verify of [true, false]) {
      const whole = [new Uint8Array(ROWS * COLUMNS), new Uint8Array(ROWS * COLUMNS)];
      const [b, c] = [new Uint8Array(9 * MIB + 5), new Uint8Array(3)];
      const [rows, columns] = [new Uint8Array(5000 * COLUMNS), new Uint8Array(ROWS * 1500)];
      const targets = [
        ...whole.map((data) => ({ name: "a", data })),
        { name: "c", data: c },
        { name: "b", data: b },
        { name: "a", offsets: [1001, 0], shape: [5000, COLUMNS], data: rows },
        { name: "a", offsets: [0, 300], shape: [ROWS, 1500], data: columns },
      ];
      store.requests = 0;
      const { bytes } = await checkpoint.load(targets, { verify });
      assertEquals(bytes, targets.reduce((sum, { data }) => sum + data.length, 0));
      for (const found of whole) assert(found.every((value, place) => value === made.matrix[place]));
      assert(rows.every((value, place) => value === made.matrix[1001 * COLUMNS + place]));
      const due = (place: number) => made.matrix[Math.floor(place / 1500) * COLUMNS + 300 + place % 1500];
      assert(columns.every((value, place) => value === due(place)));
      assert(b.every((value) => value === 9));
      assertEquals(c, Uint8Array.of(1, 2, 3));
      assert(store.requests < 20, `${store.requests} requests`);
    }
  }
});

Deno.test("damage of a large part of a local file is found, and names tensor and bytes; so are a cut file and one that is gone", async () => {
  await using made = await saved();
  const store = await openFileStore(made.root);
  await using series = await openCheckpoints(store, "c", { readOnly: true });
  await using checkpoint = await series.open("latest");
  const keys = await Array.fromAsync(store.list("c/data/"), ({ key, size }) => ({ key, size }));
  const { key = "", size = 0 } = keys.find(({ size }) => size > 12 * MIB) ?? {};
  const path = `${made.root}/${key}`;
  const load = (verify: boolean) =>
    checkpoint.load([{ name: "a", data: new Uint8Array(ROWS * COLUMNS) }], { verify });
  const bytes = await Deno.readFile(path);
  const at = 9 * MIB;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await Deno.writeFile(path, bytes);
  const error = await assertRejects(() => load(true), InvalidCheckpointError);
  assertEquals(error.tensor, "a");
  const { offset = NaN } = error;
  assert(offset <= at && at < offset + 4 * MIB, error.message);
  assertEquals((await load(false)).bytes, ROWS * COLUMNS);
  await Deno.truncate(path, size - 1);
  for (const verify of [true, false]) {
    const cut = await assertRejects(() => load(verify), InvalidCheckpointError);
    assert(cut.message.includes(`${size - 1} bytes, not ${size}`), cut.message);
  }
  await Deno.remove(path);
  const gone = await assertRejects(() => load(true), InvalidCheckpointError);
  assert(gone.message.includes("is gone"), gone.message);
});

Deno.test("a load of local files that is given up ends, and leaves no file open", async () => {
  await using made = await saved();
  const store = await openFileStore(made.root);
  await using series = await openCheckpoints(store, "c", { readOnly: true });
  await using checkpoint = await series.open("latest");
  const controller = new AbortController();
  const loading = checkpoint.load([{ name: "a", data: new Uint8Array(ROWS * COLUMNS) }], {
    signal: controller.signal,
  });
  controller.abort(new Error("stop"));
  await assertRejects(() => loading, Error, "stop");
  const open = [...Deno.readDirSync("/proc/self/fd")].flatMap(({ name }) => {
    try {
      return Deno.readLinkSync(`/proc/self/fd/${name}`);
    } catch {
      return [];
    }
  });
  assertEquals(open.filter((path) => path.startsWith(made.root)), []);
});
