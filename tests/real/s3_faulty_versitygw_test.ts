import { assertEquals } from "@std/assert";
import { readInto } from "@lade/core";
import { sampleBytes } from "../../packages/testing/conformance/samples.ts";
import {
  FaultyProxy,
  type RequestRecord,
  type ServiceFault,
  type UnreadRequest,
  type WireResponse,
} from "@lade/testing/http";
import { hasVersitygw, startVersitygw } from "../../tools/servers/start_versitygw.ts";
import { openNewBucket } from "./s3_server.ts";
import { whereInstalled } from "./where_installed.ts";

/** Stands before a server of S3; nothing that is struck here makes it speak for the service. */
class FaultyServer extends FaultyProxy {
  protected override describe(record: UnreadRequest): RequestRecord {
    const { method, path } = record;
    const part = path.endsWith("/object") && record.headers["content-length"] !== "0";
    return { ...record, operation: method === "PUT" && part ? "UploadPart" : method };
  }

  protected override refuse({ status }: ServiceFault): WireResponse {
    return { status, headers: {}, body: new Uint8Array(0), chunked: false };
  }

  protected override wholeObject(): Promise<Uint8Array> {
    throw new TypeError("no range is passed over here");
  }
}

const MIB = 2 ** 20;

whereInstalled({ name: "versitygw", has: hasVersitygw, start: startVersitygw }, (server) => {
  Deno.test("S3Store on versitygw writes and reads through connections that break", async () => {
    await using proxy = await new FaultyServer({ targetPort: server().port }).listen();
    await using opened = await openNewBucket(server(), {
      config: { endpoint: proxy.url, multipart: { partSize: 5 * MIB } },
    });
    const { store } = opened;
    const data = sampleBytes(16 * MIB);
    const strike = (
      operation: string,
      nth: number,
      action: Parameters<typeof proxy.faults.add>[0]["action"],
    ) => proxy.faults.add({ match: { operation, nth }, action });
    const faults = [
      strike("UploadPart", 2, { kind: "cut-request", afterBytes: MIB, how: "rst" }),
      strike("UploadPart", 4, { kind: "drop-answer", how: "fin" }),
      strike("GET", 1, { kind: "cut", afterBytes: 3 * MIB + 1, how: "fin" }),
      strike("GET", 3, { kind: "cut", afterBytes: 1, how: "rst" }),
    ];
    await store.put("object", data);
    const target = new Uint8Array(data.length);
    await readInto(store, "object", target, { chunkSize: 4 * MIB });
    assertEquals(target.every((byte, at) => byte === data[at]), true);
    assertEquals(faults.map(({ hits }) => hits), [1, 1, 1, 1]);
  });
});
