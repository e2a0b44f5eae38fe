import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { getBytes } from "@lade/core/operations";
import { MemoryStore } from "@lade/core/memory";
import { TarWriter } from "@lade/formats/tar";
import config from "../../packages/cli/deno.json" with { type: "json" };
import { runFlags } from "./run_flags.ts";
import { sha256Hex } from "./sha256_hex.ts";

const HEAD = new URL("./self_extracting_head.sh", import.meta.url);
const ARCHIVE = "archive";
/** Bytes that are compressed as one; the archive is such members one behind the other. */
const MEMBER_BYTES = 8 * 2 ** 20;
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
  await using store = new MemoryStore();
  await using tar = await TarWriter.create(store, ARCHIVE);
  const runtime = await Deno.readFile(deno);
  await tar.add({ name: "deno", mode: 0o755 }, runtime);
  await tar.add({ name: "program", type: "directory" });
  const names = (await Array.fromAsync(Deno.readDir(program), ({ name }) => name)).sort();
  for (const name of names) {
    await tar.add({ name: `program/${name}` }, await Deno.readFile(`${program}/${name}`));
  }
  await tar.close();
  const { bytes } = await getBytes(store, ARCHIVE);
  const archive = await compress(bytes, level);
  const sha256 = await sha256Hex(archive);
  const head = await renderHead({
    VERSION: config.version,
    PLATFORM: target,
    ID: `${config.version}-${sha256.slice(0, 16)}`,
    ARCHIVE_BYTES: `${archive.length}`,
    ARCHIVE_SHA256: sha256,
    DENO_BYTES: `${runtime.length}`,
    PROGRAM_FILES: `${names.length}`,
    FLAGS: [...runFlags(false), ...flags].map(quoted).join(" "),
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
  for (let next = render(head.length); next.length !== head.length;) {
    head = next;
    next = render(head.length);
  }
  return render(head.length);
}

async function compress(bytes: Uint8Array, level: number): Promise<Uint8Array<ArrayBuffer>> {
  const member = promisify(gzip) as (bytes: Uint8Array, options: { level: number }) => Promise<Uint8Array>;
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += MEMBER_BYTES) pieces.push(bytes.subarray(at, at + MEMBER_BYTES));
  const members = await Promise.all(pieces.map((piece) => member(piece, { level })));
  return new Uint8Array(await new Blob(members as BlobPart[]).arrayBuffer());
}

/** A word of a shell. */
function quoted(word: string): string {
  return /^[\w./:=,@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
