import config from "../../packages/cli/deno.json" with { type: "json" };
import { compress } from "./compress.ts";
import { runFlags } from "./run_flags.ts";
import { sha256Hex } from "./sha256_hex.ts";
import { namesIn, tarOf } from "./tar_of.ts";

const HEAD = new URL("./self_extracting_head.sh", import.meta.url);
const LEVEL = 6;

/** What goes into a file that unpacks itself. */
export interface SelfExtractingSetup {
  /** The directory of the bundled program. */
  readonly program: string;
  /** The path of the Deno that is to run it. */
  readonly deno: string;
  /** What that Deno runs on, as Rust names it: `x86_64-unknown-linux-gnu`. */
  readonly target: string;
  /** Flags of `deno run` besides those that the program needs. */
  readonly flags?: readonly string[];
  /** How hard to compress, 1 to 9; 6 by default. */
  readonly level?: number;
}

/**
 * Makes the program one file, that needs a shell, `tar` and `gzip` to start: a script, which unpacks what lies behind it
 * where it was not unpacked before. Equal programs make equal files.
 */
export async function packSelfExtracting(setup: SelfExtractingSetup): Promise<Uint8Array<ArrayBuffer>> {
  const { program, deno, target, flags = [], level = LEVEL } = setup;
  const runtime = await Deno.readFile(deno);
  const archive = await compress(
    await tarOf([{ name: "deno", mode: 0o755, bytes: runtime }], { program }),
    level,
  );
  const sha256 = await sha256Hex(archive);
  const names = await namesIn(program);
  const sizes = await Promise.all(names.map(async (name) => (await Deno.stat(`${program}/${name}`)).size));
  const head = await renderHead({
    VERSION: config.version,
    PLATFORM: target,
    ID: `${config.version}-${sha256.slice(0, 16)}`,
    ARCHIVE_BYTES: `${archive.length}`,
    ARCHIVE_SHA256: sha256,
    DENO_BYTES: `${runtime.length}`,
    PROGRAM_FILES: `${names.length}`,
    FILLED_FILES: `${sizes.filter((size) => size > 0).length}`,
    NEEDED_MIB: `${
      Math.ceil(sizes.reduce((sum, size) => sum + size, archive.length + runtime.length) / 2 ** 20)
    }`,
    FLAGS: [...runFlags(false), ...flags].join(" "),
  });
  const packed = new Uint8Array(head.length + archive.length);
  packed.set(head);
  packed.set(archive, head.length);
  return packed;
}

/** The script, which also has its own length. */
async function renderHead(values: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const text = await Deno.readTextFile(HEAD);
  const render = (bytes: number) =>
    new TextEncoder().encode(text.replaceAll(/@([A-Z0-9_]+)@/g, (_, name: string) => {
      const value = name === "HEAD_BYTES" ? `${bytes}` : values[name];
      if (value === undefined) {
        throw new TypeError(`Cannot fill @${name}@ in ${HEAD}: nothing is known of it`);
      }
      return value;
    }));
  let head = render(0);
  for (;;) {
    const next = render(head.length);
    if (next.length === head.length) return next;
    head = next;
  }
}
