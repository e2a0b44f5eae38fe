/** Prints what one import does with files: the same on every runtime. */
import { mkdtemp, readdir, realpath, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import process from "node:process";
import {
  checkpoints,
  copy,
  createWriter,
  exists,
  get,
  getRange,
  Lade,
  list,
  loader,
  put,
  readTable,
  remove,
  sync,
  transfer,
  upload,
} from "@lade/lade";

const root = await realpath(await mkdtemp(`${tmpdir()}/lade-`));
const told = (value: unknown) => console.log(JSON.stringify(value).replaceAll(root, "ROOT"));
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

for (const scheme of ["file", "direct"]) {
  const base = `${scheme}://${root}/${scheme}`;
  const { etag = "" } = await put(`${base}/a/one.txt`, "one");
  await put(`${base}/a/one.txt`, "two", { ifMatch: etag });
  told(await put(`${base}/a/one.txt`, "three", { ifMatch: etag }).catch(({ code }) => code));
  const date = new Date(1_700_000_000_123);
  await put(`${base}/a/b/dated`, "x", { lastModified: date });
  told((await stat(`${root}/${scheme}/a/b/dated`)).mtime);
  await using writer = await createWriter(`${base}/a/large`);
  for (let i = 0; i < 40; i++) await writer.write(new Uint8Array(2 ** 18).fill(i));
  await writer.close();
  told([...await getRange(`${base}/a/large`, 2 ** 18 - 1, 2)]);
  for await (const { uri } of list(`${base}/a/`)) told(uri);
  await copy(`${base}/a/large`, `${base}/a/copy`);
  told((await get(`${base}/a/copy`)).reduce((sum, byte) => sum + byte, 0));

  const { objects, bytes, skipped } = await transfer({
    from: `${base}/a/`,
    to: `${base}/c/`,
    recursive: true,
  });
  told({ objects, bytes, skipped });
  await put(`${base}/c/more`, "more");
  const { objects: brought, deleted, unchanged } = await sync(`${base}/a/`, `${base}/c/`, { delete: true });
  told({ brought, deleted, unchanged });
  const uploaded = await upload([`${root}/${scheme}/a`], `${base}/up/`);
  told(uploaded.objects);
  await transfer({ from: `${base}/up/`, to: `${base}/moved/`, recursive: true, move: true });
  told([await exists(`${base}/up/one.txt`), await exists(`${base}/moved/one.txt`)]);
  told(await remove(`${base}/moved/`, { recursive: true }));

  await put(`${base}/rows.csv`, "id,name\n1,Ada\n2,Grace\n");
  told((await readTable(`${base}/rows.csv`)).rows);
  for (let i = 0; i < 10; i++) await put(`${base}/set/${i}`, `sample ${i}`);
  const transform = (sample: unknown) => textOf((sample as { bytes: Uint8Array }).bytes);
  await using batches = await loader<string>(`${base}/set/`, {
    batchSize: 4,
    shuffle: "full",
    seed: 1,
    transform,
  });
  for await (const { data } of batches) told(data);
  {
    await using series = await checkpoints(`${base}/series`, { run: "a" });
    const data = Float32Array.of(1, 2, 3);
    await series.save(7, { tensors: [{ name: "w", dtype: "float32", shape: [3], data }] }).committed;
  }
  await using again = await checkpoints(`${base}/series`, { readOnly: true });
  await using checkpoint = await again.open("latest");
  told([...await checkpoint.loadAll()].map(([name, { data }]) => [name, String(data)]));
}

// What one store writes another process of any runtime goes on with.
await using lade = new Lade();
const { store, key } = await lade.locate(`file://${root}/etags/a`);
await store.put(key, new TextEncoder().encode("etag"));
await utimes(`${root}/etags/a`, 1, 1_700_000_000.9999999);
const { etag: found = "" } = await store.head(key);
told(found.split("-").slice(0, 2));

process.chdir(root);
await writeFile("relative", "relative");
await upload("relative", `file://${root}/relative-to/`);
told(await readdir("relative-to"));
await rm(root, { recursive: true });
