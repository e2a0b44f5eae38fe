import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { sha256Hex } from "../../../tools/build/sha256_hex.ts";
import { TemporaryDirectory } from "../temporary_directory.ts";
import { runProgram, type RunProgramOptions } from "./run_program.ts";

/** The path of `install.sh`. */
export const SCRIPT: string = fileURLToPath(new URL("../../../install.sh", import.meta.url));

/** A server of files, and a home to install to. */
export class Site implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly directory: TemporaryDirectory;
  /** What is answered, by path: a file, or a whole answer. */
  readonly answers = new Map<string, Uint8Array<ArrayBuffer> | (() => Response)>();

  private constructor(directory: TemporaryDirectory) {
    this.directory = directory;
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ url }) => {
      const answer = this.answers.get(new URL(url).pathname);
      if (answer === undefined) return new Response("no such file", { status: 404 });
      return typeof answer === "function" ? answer() : new Response(answer);
    });
  }

  static async start(files: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {}): Promise<Site> {
    const site = new Site(await TemporaryDirectory.make({ "home/x": "" }));
    for (const [name, bytes] of Object.entries(files)) await site.offer(name, bytes);
    return site;
  }

  /** Offers a file with its checksum. */
  async offer(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.answers.set(`/${name}`, bytes);
    this.answers.set(`/${name}.sha256`, new TextEncoder().encode(`${await sha256Hex(bytes)}  ${name}\n`));
  }

  url(name: string): string {
    return `http://127.0.0.1:${this.#server.addr.port}/${name}`;
  }

  async install(args: readonly string[], { env, ...options }: RunProgramOptions = {}) {
    const home = { HOME: `${this.directory.path}/home`, SHELL: "/bin/bash" };
    return await runProgram("sh", [SCRIPT, ...args], { ...options, env: { ...home, ...env } });
  }

  /** Installs what is to be refused, sees that all is as before, and gives what is said. */
  async refused(args: readonly string[], options?: RunProgramOptions): Promise<string> {
    const before = await this.directory.tree();
    const { code, stdout, stderr } = await this.install(args, options);
    assertEquals([code === 0, stdout], [false, ""], stderr);
    const after = await this.directory.tree();
    for (const tree of [before, after]) delete tree["home/.local/bin/"];
    assertEquals(after, before);
    return stderr;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    await this.directory[Symbol.asyncDispose]();
  }
}
