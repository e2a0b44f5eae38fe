import { Lade } from "@lade/lade";
import { runCli } from "../../packages/cli/program/run_cli.ts";
import { FakeTerminal, type FakeTerminalOptions } from "../cli/fake_terminal.ts";
import type { Outcome } from "../cli/run_here.ts";
import { TemporaryDirectory } from "../cli/temporary_directory.ts";
import { type FakeAzure, startFakeAzure } from "../fakes/azure/mod.ts";
import { type FakeGcs, startFakeGcs } from "../fakes/gcs/mod.ts";
import { type FakeS3, startFakeS3 } from "../fakes/s3/mod.ts";
import { fakeConfig } from "../s3/open_fake.ts";

/** The kinds of stores that a transfer can go between, by their schemes. */
export const KINDS = ["memory", "file", "direct", "s3", "az", "gs"] as const;

/** One of them. */
export type Kind = typeof KINDS[number];

/** Objects of more bytes go in parts, at each service. */
export const THRESHOLD = 64 * 1024;

/** A store of each kind, and `lade` that runs on all of them in this process. */
export class AllStores implements AsyncDisposable {
  /** The servers. */
  readonly s3: FakeS3;
  readonly az: FakeAzure;
  readonly gs: FakeGcs;
  /** Where local files are. */
  readonly directory: TemporaryDirectory;
  /** The stores. */
  readonly lade: Lade;

  private constructor(s3: FakeS3, az: FakeAzure, gs: FakeGcs, directory: TemporaryDirectory) {
    [this.s3, this.az, this.gs, this.directory] = [s3, az, gs, directory];
    const multipart = { partSize: 2 ** 20, threshold: THRESHOLD };
    const config = {
      s3: { ...fakeConfig(s3), multipart },
      az: { connectionString: az.connectionString, blockSize: 2 ** 20, threshold: THRESHOLD, hedging: false },
      gs: {
        endpoint: gs.url,
        accessToken: gs.issueToken(),
        project: "project",
        partSize: 5 * 2 ** 20,
        threshold: THRESHOLD,
        hedging: false,
      },
    };
    this.lade = new Lade({ config });
  }

  /** Starts the servers, each with the container `pairs`. */
  static async start(): Promise<AllStores> {
    const containers = ["pairs"];
    return new AllStores(
      await startFakeS3({ buckets: containers, minPartSize: 1 }),
      await startFakeAzure({ containers }),
      await startFakeGcs({ buckets: containers }),
      await TemporaryDirectory.make(),
    );
  }

  /** The URI of a prefix in the store of a kind. */
  prefix(kind: Kind, name: string): string {
    if (kind === "file" || kind === "direct") return `${kind}://${this.directory.path}/${name}/`;
    const host = kind === "az" ? `${new URL(this.az.url).host}/${this.az.account.name}/` : "";
    return `${kind}://${host}pairs/${name}/`;
  }

  /** Runs one command line. */
  async run(
    args: readonly string[],
    options: FakeTerminalOptions = {},
  ): Promise<Outcome & { readonly bytes: Uint8Array }> {
    const terminal = new FakeTerminal(options);
    const code = await runCli(args, { terminal, lade: this.lade });
    return { code, stdout: terminal.stdout.text, stderr: terminal.stderr.text, bytes: terminal.stdout.bytes };
  }

  /** What is under a prefix, by its name below it, as the servers and the file system have it rather than as `lade` says. */
  async contents(kind: Kind, name: string): Promise<Map<string, Uint8Array>> {
    const under = `${name}/`;
    const found: [string, Uint8Array | undefined][] = [];
    if (kind === "s3") {
      for (const { key } of this.s3.objects("pairs")) found.push([key, this.s3.bytes("pairs", key)]);
    } else if (kind === "az") {
      for (const { key } of this.az.blobs("pairs")) found.push([key, this.az.bytes("pairs", key)]);
    } else if (kind === "gs") {
      for (const { name } of this.gs.objects("pairs")) found.push([name, this.gs.bytes("pairs", name)]);
    } else if (kind === "memory") {
      for await (const { uri } of this.lade.list(this.prefix(kind, name))) {
        found.push([uri.slice("memory://pairs/".length), await this.lade.get(uri)]);
      }
    } else {
      const { path } = this.directory;
      for (const below of await filesBelow(path, under)) {
        found.push([below, await Deno.readFile(`${path}/${below}`)]);
      }
    }
    return new Map(
      found.flatMap(([key, bytes]) =>
        key.startsWith(under) && bytes ? [[key.slice(under.length), bytes]] : []
      ),
    );
  }

  /** Uploads that no object was made of, and hidden files. */
  async leftovers(): Promise<string[]> {
    const hidden = (await filesBelow(this.directory.path, "")).filter((path) => path.includes("/.lade"));
    return [
      ...this.s3.uploads("pairs").map(({ key }) => `s3 ${key}`),
      ...(this.az.uncommitted("pairs") > 0 ? ["az blocks"] : []),
      ...(this.gs.unfinished("pairs") > 0 ? ["gs uploads"] : []),
      ...hidden,
    ];
  }

  /** Forgets the requests so far. */
  forget(): void {
    for (const { requests } of [this.s3, this.az, this.gs]) requests.length = 0;
  }

  /** Closes the stores and stops the servers. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const each of [this.lade, this.s3, this.az, this.gs, this.directory]) {
      await each[Symbol.asyncDispose]();
    }
  }
}

/** Files and links below a path, hidden ones too; directories that hold none with a slash at the end. */
async function filesBelow(root: string, below: string): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name, isDirectory } of Deno.readDir(`${root}/${below}`)) {
      const path = below + name;
      if (!isDirectory) found.push(path);
      else {
        const inside = await filesBelow(root, `${path}/`);
        found.push(...(inside.length > 0 ? inside : [`${path}/`]));
      }
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found;
}
