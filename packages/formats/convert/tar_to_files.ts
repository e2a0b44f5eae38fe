import { contentTypeOf, type ObjectStore, objectUri, PlaceJudge, type PutOptions } from "@lade/core";
import { inParallel } from "@lade/core/concurrency";
import { UnsupportedError } from "@lade/core/errors";
import { memberKey } from "../tar/member_key.ts";
import { streamTar, type TarEntry } from "../tar/stream_tar.ts";
import { tarFault } from "../tar/tar_fault.ts";
import type { TarMember } from "../tar/tar_member.ts";

/** Options of {@linkcode tarToFiles}. */
export interface TarToFilesOptions extends Pick<PutOptions, "signal" | "ifNoneMatch"> {
  /** Is told of each link and special file, which is then passed over; without it, each is an `UnsupportedError`. */
  readonly onPassedOver?: (member: TarMember) => void;
  /** Whether files are dated as the members; false by default. */
  readonly keepTimes?: boolean;
  /** Is told of each file once it is written. */
  readonly onFile?: (name: string, bytes: number) => void;
}

/** What was unpacked. */
export interface UnpackedTar {
  /** Files. */
  readonly files: number;
  /** Their bytes. */
  readonly bytes: number;
}

/** Files up to this size are written several at once. */
const SMALL = 2 ** 20;
const WIDTH = 32;

/**
 * Unpacks an archive, also one that is compressed with gzip or zstd, below a prefix of any store. A name that leads out of
 * there, that of the archive itself, two members of one name, and a link are errors; nothing is written for such a member, and no link is ever followed.
 * What was written before a fault stays.
 */
export async function tarToFiles(
  from: ObjectStore,
  key: string,
  to: ObjectStore,
  prefix: string,
  options: TarToFilesOptions = {},
): Promise<UnpackedTar> {
  const { signal, ifNoneMatch, onPassedOver, keepTimes = false, onFile } = options;
  const start = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
  const uri = objectUri(from.uri, key);
  const seen = new Set<string>();
  const own = await new PlaceJudge().pathWithin(
    { store: to, key: start },
    { store: from, key },
    undefined,
    signal ? { signal } : {},
  );
  let [files, bytes] = [0, 0];
  const done = (name: string, size: number) => {
    files++;
    bytes += size;
    onFile?.(name, size);
  };
  const attributesOf = (name: string, member: TarMember): PutOptions => {
    const contentType = to.capabilities.attributes === false ? undefined : contentTypeOf(name);
    return {
      ...(ifNoneMatch !== undefined && { ifNoneMatch }),
      ...(contentType !== undefined && { contentType }),
      ...(keepTimes && { lastModified: new Date(member.mtime * 1000) }),
    };
  };
  const small = async function* () {
    for await (const entry of streamTar(from, key, signal ? { signal } : {})) {
      const { member } = entry;
      if (member.type === "directory") {
        if (member.name !== ".") memberKey(member, uri);
        continue;
      }
      if (member.type !== "file") {
        if (!onPassedOver) throw refusal(member, uri);
        onPassedOver(member);
        continue;
      }
      const name = memberKey(member, uri);
      const refuse = (detail: string) => tarFault({ uri, offset: member.headerOffset }, detail);
      if (name === own) {
        throw refuse(`member ${JSON.stringify(name)} is not unpacked: it would replace the archive itself`);
      }
      if (seen.has(name)) {
        throw refuse(`two members are unpacked to ${JSON.stringify(name)}`);
      }
      seen.add(name);
      const call = { ...attributesOf(name, member), ...(signal && { signal }) };
      if (member.size > SMALL) {
        await pour(to, start + name, entry, call);
        done(name, member.size);
      } else yield { name, call, data: await entry.bytes() };
    }
  };
  await inParallel(small(), WIDTH, async ({ name, call, data }, signal) => {
    await to.put(start + name, data, { ...call, signal });
    done(name, data.length);
  }, signal);
  return { files, bytes };
}

async function pour(store: ObjectStore, key: string, entry: TarEntry, options: PutOptions): Promise<void> {
  await using writer = await store.createWriter(key, options);
  for await (const piece of entry.stream()) await writer.write(piece);
  await writer.close();
}

function refusal({ name, type, headerOffset }: TarMember, uri: string): UnsupportedError {
  const detail = `member ${
    JSON.stringify(name)
  } is a ${type}, which is not unpacked (at byte ${headerOffset})`;
  return new UnsupportedError({
    operation: "unpack",
    uri,
    detail,
    advice: "pass over links and special files",
  });
}
