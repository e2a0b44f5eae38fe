import { Buffer } from "node:buffer";
import { assert, assertEquals } from "@std/assert";
import { copyObject, type ObjectStore } from "@lade/core";
import { openFileStore } from "@lade/fs";
import { type BulkCarrier, TcpTransport, type Transport } from "@lade/service/http";
import { sampleBytes } from "@lade/testing/conformance";
import { until } from "@lade/testing/http";

const SIZE = 2 ** 26 + 12_345;
const PART = 2 ** 23;
/** Bytes to be sent for which lanes are started; one that is there sends any. */
const PAYS = 2 ** 30;

/** A store of a fake that sends by the transport it was given. */
export interface OpenedByLanes extends AsyncDisposable {
  readonly store: ObjectStore;
  /** What the fake holds. */
  bytes(key: string): Uint8Array | undefined;
}

/** Counts the checksums that its lanes compute. */
class CountingTransport extends TcpTransport {
  digests = 0;

  override get bulk(): BulkCarrier | undefined {
    const bulk = super.bulk;
    return bulk && {
      expect: (bytes) => bulk.expect(bytes),
      digest: (bytes, sums) => {
        const digest = bulk.digest(bytes, sums);
        if (digest) this.digests++;
        return digest;
      },
    };
  }

  /** Resolves once a lane is there. */
  async ready(): Promise<void> {
    const bytes = new Uint8Array(new SharedArrayBuffer(8));
    super.bulk?.expect(PAYS);
    let computed: ReturnType<BulkCarrier["digest"]>;
    await until(() => (computed = super.bulk?.digest(bytes, ["crc32c"])) !== undefined);
    await computed;
  }
}

/** Copies a large file to a store and back, by a lane with a thread of its own: the main one has little to send, and a share to receive. */
export async function moveByLanes(open: (transport: Transport) => Promise<OpenedByLanes>): Promise<void> {
  const data = sampleBytes(SIZE);
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${directory}/large`, data);
    await using transport = new CountingTransport({ lanes: 4 });
    await using opened = await open(transport);
    await using files = await openFileStore(directory);
    const { store } = opened;
    await transport.ready();
    const written = await copyObject(files, "large", store, "large");
    assertEquals(written.size, SIZE);
    assertSame(opened.bytes("large"), data);
    assertEquals(transport.digests, Math.ceil(SIZE / PART));
    assert(transport.connections <= 2, `${transport.connections} connections of the main isolate`);
    await transport.ready();
    const { read } = await copyObject(store, "large", files, "back");
    assertSame(await Deno.readFile(`${directory}/back`), data);
    assertEquals(read?.verified, true);
    // Beside one lane the main isolate receives a share.
    const { connections, figures: { connections: all } } = transport;
    assert(all - connections >= 2, `${connections} of ${all} connections are of the main isolate`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Compared in one go: byte by byte it takes minutes. */
function assertSame(found: Uint8Array | undefined, expected: Uint8Array): void {
  assert(found && Buffer.compare(found, expected) === 0, "other bytes");
}
