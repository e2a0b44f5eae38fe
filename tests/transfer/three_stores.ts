import { Lade } from "@lade/lade";
import { type FakeS3, startFakeS3 } from "../fakes/s3/mod.ts";
import { fakeConfig } from "../s3/open_fake.ts";

/** A kind of store that the trees of a test lie in. */
export type StoreKind = "memory" | "file" | "s3";

/** Every kind of store. */
export const STORE_KINDS: readonly StoreKind[] = ["memory", "file", "s3"];

/** Trees in memory, in local directories and in a server that speaks S3, each of its own. */
export class ThreeStores implements AsyncDisposable {
  /** The server. */
  readonly fake: FakeS3;
  /** The stores. */
  readonly lade: Lade;
  readonly #directory: string;
  #trees = 0;

  private constructor(fake: FakeS3, directory: string) {
    this.fake = fake;
    this.lade = new Lade({ config: { s3: { ...fakeConfig(fake) } } });
    this.#directory = directory;
  }

  /** Starts the server. */
  static async start(): Promise<ThreeStores> {
    const fake = await startFakeS3({ buckets: ["bucket"], minPartSize: 1 });
    return new ThreeStores(fake, await Deno.realPath(await Deno.makeTempDir({ prefix: "lade-trees-" })));
  }

  /** The URI of a tree of its own that holds these texts. */
  async tree(kind: StoreKind, texts: Readonly<Record<string, string>> = {}): Promise<string> {
    const number = ++this.#trees;
    if (kind === "file") await Deno.mkdir(`${this.#directory}/${number}`);
    const uri = kind === "memory"
      ? `memory://tree-${number}/p/`
      : kind === "file"
      ? `file://${this.#directory}/${number}/`
      : `s3://bucket/${number}/`;
    for (const [name, text] of Object.entries(texts)) await this.lade.put(uri + name, text);
    return uri;
  }

  /** The texts of a tree, by name. */
  async texts(uri: string): Promise<Record<string, string>> {
    const texts: Record<string, string> = {};
    for await (const { uri: each } of this.lade.list(uri)) {
      texts[each.slice(uri.length)] = new TextDecoder().decode(await this.lade.get(each));
    }
    return texts;
  }

  /** Stops the server and removes the directories. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.lade[Symbol.asyncDispose]();
    await this.fake[Symbol.asyncDispose]();
    await Deno.remove(this.#directory, { recursive: true });
  }
}
