import { type ObjectStore, objectUri } from "@lade/core";
import { InvalidNameError } from "@lade/core/errors";
import { keepSamplesTogether, sampleNameOf } from "@lade/formats/webdataset";
import type { MapDataset, ReadPlan, SampleContext, SampleRead } from "../datasets/dataset.ts";
import { filesDataset, versionOf } from "../datasets/files_dataset.ts";
import { fingerprintOf } from "../datasets/fingerprint.ts";
import type { ObjectTable } from "../datasets/object_table.ts";
import { type FilesOfSample, memberName, nameBelow } from "./pack_sample.ts";

/**
 * Files below a prefix as samples of those that webdataset puts together: `1.jpg` and `1.cls` are one. A name that it passes
 * over is an `InvalidNameError`, so that nothing is lost unseen.
 */
export async function groupedFiles(
  store: ObjectStore,
  prefix: string,
  objects: ObjectTable,
): Promise<MapDataset<FilesOfSample>> {
  const order = new Uint32Array(objects.length);
  const starts: number[] = [];
  let latest: string | undefined;
  let at = 0;
  for await (const { name, place } of keepSamplesTogether(filesOf(objects, prefix))) {
    const sample = sampleNameOf(name);
    if (!sample) {
      throw new InvalidNameError({
        operation: "pack",
        uri: objectUri(store.uri, objects.at(place).key),
        detail: "webdataset passes over files whose names begin with a dot or with __",
        advice: "pack to tfrecord, or take it elsewhere",
      });
    }
    if (sample.key !== latest) starts.push(at);
    latest = sample.key;
    order[at++] = place;
  }
  starts.push(at);
  return new GroupedFiles(await filesDataset(store, prefix, { objects }), {
    order,
    starts: Float64Array.from(starts),
    objects,
    prefix,
    store,
  });
}

function* filesOf(
  objects: ObjectTable,
  prefix: string,
): Generator<{ readonly name: string; readonly place: number }> {
  for (let place = 0; place < objects.length; place++) {
    yield { name: memberName(nameBelow(prefix, objects.at(place).key)), place };
  }
}

/** Which files each sample has. */
interface Groups {
  readonly store: ObjectStore;
  readonly prefix: string;
  readonly objects: ObjectTable;
  /** The files, those of a sample side by side. */
  readonly order: Uint32Array;
  /** Where the files of each sample begin, and the last ones end. */
  readonly starts: Float64Array;
}

class GroupedFiles implements MapDataset<FilesOfSample> {
  readonly uri: string;
  readonly length: number;
  readonly fingerprint: string;
  readonly context;
  readonly #files: MapDataset<unknown>;
  readonly #groups: Groups;

  constructor(files: MapDataset<unknown>, groups: Groups) {
    this.#files = files;
    this.#groups = groups;
    this.uri = files.uri;
    this.length = groups.starts.length - 1;
    this.fingerprint = fingerprintOf("files of samples", [files.fingerprint]);
    this.context = groups.store.context;
  }

  async get(index: number, { signal }: SampleContext): Promise<FilesOfSample> {
    const { getBytes } = await import("@lade/core");
    const { store, objects } = this.#groups;
    const read = async (place: number) => {
      const { key, etag } = objects.at(place);
      const { bytes } = await getBytes(store, key, { signal, ...(etag !== undefined && { ifMatch: etag }) });
      return bytes;
    };
    const pieces = await Promise.all(this.#placesOf(index).map(read));
    return this.#sampleOf(index, pieces);
  }

  plan(indices: readonly number[]): ReadPlan<FilesOfSample> {
    const { store, objects } = this.#groups;
    const reads = indices.flatMap((index, place) =>
      this.#placesOf(index).map((file): SampleRead => {
        const { key, size, etag } = objects.at(file);
        return { store, key, offset: 0, length: size, place, ...versionOf({ etag, size }) };
      })
    );
    return {
      reads,
      decode: (place, bytes) => {
        const index = indices[place] ?? 0;
        let at = 0;
        const pieces = this.#placesOf(index).map((file) => bytes.subarray(at, at += objects.at(file).size));
        return this.#sampleOf(index, pieces);
      },
    };
  }

  locate(index: number): { readonly uri: string } {
    const { store, objects } = this.#groups;
    const [first = 0] = this.#placesOf(index);
    return { uri: objectUri(store.uri, objects.at(first).key) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#files[Symbol.asyncDispose]();
  }

  #placesOf(index: number): number[] {
    const { order, starts } = this.#groups;
    if (!(Number.isInteger(index) && index >= 0 && index < this.length)) {
      throw new RangeError(`Cannot find sample ${index}: there are ${this.length}`);
    }
    return [...order.subarray(starts[index], starts[index + 1])];
  }

  #sampleOf(index: number, pieces: readonly Uint8Array[]): FilesOfSample {
    const { prefix, objects } = this.#groups;
    const files = this.#placesOf(index).map((place, at) => ({
      name: memberName(nameBelow(prefix, objects.at(place).key)),
      bytes: pieces[at] ?? new Uint8Array(0),
    }));
    return { key: sampleNameOf(files[0]?.name ?? "")?.key ?? "", files };
  }
}
