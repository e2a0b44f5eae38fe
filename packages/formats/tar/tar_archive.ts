import type { CallOptions, ObjectStore } from "@lade/core";
import type { ByteSource } from "../source/byte_source.ts";
import { SourceWindow } from "../source/source_window.ts";
import { scanMembers } from "./scan_tar.ts";
import { tarRefusal } from "./tar_fault.ts";
import { compressionOf, openTarSource } from "./tar_input.ts";
import type { TarMember } from "./tar_member.ts";

/** An archive whose members are known, each of which can be read by itself. All is read of one version of it. */
export class TarArchive {
  /** The archive. */
  readonly source: ByteSource;
  /** Its members, in order. */
  readonly members: readonly TarMember[];
  readonly #byName: ReadonlyMap<string, TarMember>;

  private constructor(source: ByteSource, members: readonly TarMember[]) {
    this.source = source;
    this.members = members;
    this.#byName = new Map(members.map((member) => [member.name, member]));
  }

  /** Walks through the headers, as `scanTar` does. One that is compressed is an `UnsupportedError`: it is read in order. */
  static async open(store: ObjectStore, key: string, options: CallOptions = {}): Promise<TarArchive> {
    const source = await openTarSource(store, key, options);
    const compression = await compressionOf(source, options);
    if (compression) {
      const place = { uri: source.uri, offset: 0 };
      throw tarRefusal(
        place,
        `it is compressed with ${compression}, and read in order only`,
        "read it by streamTar()",
      );
    }
    return new TarArchive(source, await Array.fromAsync(scanMembers(source, options)));
  }

  /** The member of that name; of several the last one, as it is unpacked. */
  get(name: string): TarMember | undefined {
    return this.#byName.get(name);
  }

  /** The data of a member as a source of its own. */
  open({ offset, size, name }: TarMember): ByteSource {
    return new SourceWindow(this.source, offset, size, `${this.source.uri}: ${name}`);
  }

  /** The data of several members: those near one another by one request. They are only to be read. */
  async read(members: readonly TarMember[], options?: CallOptions): Promise<readonly Uint8Array[]> {
    return await this.source.readRanges(
      members.map(({ offset, size }) => ({ offset, length: size })),
      options,
    );
  }
}
