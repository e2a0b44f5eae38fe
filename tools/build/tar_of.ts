import { MemoryStore } from "@lade/core/memory";
import { getBytes } from "@lade/core/operations";
import { TarWriter } from "@lade/formats/tar";

/** A file of an archive. */
export interface TarFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Permission bits; `0o644` by default. */
  readonly mode?: number;
}

/** An archive of files, and of those of directories, by what these are called in it. Equal files make equal archives. */
export async function tarOf(
  files: readonly TarFile[],
  directories: Readonly<Record<string, string>>,
): Promise<Uint8Array<ArrayBuffer>> {
  await using store = new MemoryStore();
  await using tar = await TarWriter.create(store, "tar");
  for (const { bytes, ...member } of files) await tar.add(member, bytes);
  for (const [name, path] of Object.entries(directories)) {
    await tar.add({ name, type: "directory" });
    for (const file of await namesIn(path)) {
      await tar.add({ name: `${name}/${file}` }, await Deno.readFile(`${path}/${file}`));
    }
  }
  await tar.close();
  return (await getBytes(store, "tar")).bytes;
}

/** The names in a directory, in order. */
export async function namesIn(path: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(path), ({ name }) => name)).sort();
}
