import { dirname } from "node:path";
import { writeExecutable } from "../write_executable.ts";

/** A directory of its own for one test. */
export class TemporaryDirectory implements AsyncDisposable {
  /** Its path. */
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Makes one that holds these files, by their paths in it. */
  static async make(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<TemporaryDirectory> {
    const directory = new TemporaryDirectory(
      await Deno.realPath(await Deno.makeTempDir({ prefix: "lade-cli-" })),
    );
    for (const [name, content] of Object.entries(files)) await directory.write(name, content);
    return directory;
  }

  /** The `file://` URI of a path in it. */
  uri(name: string): string {
    return `file://${this.path}/${name}`;
  }

  /** Writes a file, with its directories. */
  async write(name: string, content: string | Uint8Array): Promise<void> {
    const path = `${this.path}/${name}`;
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeFile(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
  }

  /** Writes a program that is run at once. */
  async writeProgram(name: string, text: string): Promise<void> {
    const path = `${this.path}/${name}`;
    await Deno.mkdir(dirname(path), { recursive: true });
    await writeExecutable(path, new TextEncoder().encode(text));
  }

  /** Every file in it, hidden ones too, with its text; empty directories with a slash at the end. */
  async tree(below = ""): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    const entries = await Array.fromAsync(Deno.readDir(`${this.path}/${below}`));
    for (const { name, isDirectory } of entries.sort((a, b) => a.name < b.name ? -1 : 1)) {
      const path = below + name;
      if (!isDirectory) {
        found[path] = await Deno.readTextFile(`${this.path}/${path}`);
        continue;
      }
      const inside = await this.tree(`${path}/`);
      Object.assign(found, Object.keys(inside).length > 0 ? inside : { [`${path}/`]: "" });
    }
    return found;
  }

  /** Removes it with all it holds. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}
