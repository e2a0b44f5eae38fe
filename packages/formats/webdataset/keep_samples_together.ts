import { sampleNameOf } from "./sample_name.ts";

/**
 * Files in the order of their names, but for this: what lies in a folder that is called like a sample (`1.parts/x.bin` between
 * `1.jpg` and `1.txt`) comes after that sample, so that its files are adjacent. It is held until then.
 */
export async function* keepSamplesTogether<File extends { readonly name: string }>(
  files: AsyncIterable<File> | Iterable<File>,
): AsyncGenerator<File, void, void> {
  let begin: string | undefined;
  let held: File[] = [];
  for await (const file of files) {
    if (begin !== undefined && file.name.startsWith(begin)) {
      if (file.name.indexOf("/", begin.length) < 0) yield file;
      else held.push(file);
      continue;
    }
    // The names in such a folder are longer than its own, so that this ends.
    if (held.length > 0) yield* keepSamplesTogether(held);
    held = [];
    const sample = sampleNameOf(file.name);
    begin = sample && `${sample.key}.`;
    yield file;
  }
  if (held.length > 0) yield* keepSamplesTogether(held);
}
