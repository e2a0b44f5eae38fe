import { assertEquals, assertRejects } from "@std/assert";
import { AlreadyExistsError, getBytes, resumePartWriter, UnsupportedError } from "@lade/core";
import { sampleBytes } from "@lade/testing/conformance";
import {
  FaultyProxy,
  type RequestRecord,
  type ServiceFault,
  type UnreadRequest,
  type WireResponse,
} from "@lade/testing/http";
import { FAKE_GCS_SERVER, openNewBucket } from "./fake_gcs_server.ts";
import { whereInstalled } from "./where_installed.ts";

const CHUNK = 2 ** 18;
const config = { partSize: CHUNK, threshold: 1000, chunkSize: CHUNK };

/** Stands before the server and breaks connections. */
class Proxy extends FaultyProxy {
  protected override describe(record: UnreadRequest): RequestRecord {
    return record;
  }

  protected override refuse({ status }: ServiceFault): WireResponse {
    return { status, headers: {}, body: new Uint8Array(), chunked: false };
  }

  protected override wholeObject(): Promise<Uint8Array> {
    return Promise.reject(new TypeError("nobody asks for a whole object"));
  }
}

whereInstalled(FAKE_GCS_SERVER, (server) => {
  Deno.test("fake-gcs-server: sessions write objects of any size, on a condition too", async () => {
    await using opened = await openNewBucket(server(), { config });
    const { store } = opened;
    for (const size of [0, 1, 1000, 1001, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7]) {
      const data = sampleBytes(size, size);
      const key = `object of ${size} ü`;
      await store.put(key, data, { ifNoneMatch: "*", metadata: { name: "ü" } });
      await assertRejects(() => store.put(key, data, { ifNoneMatch: "*" }), AlreadyExistsError);
      const { bytes, info, verified } = await getBytes(store, key);
      assertEquals([bytes, info.metadata, verified], [data, { name: "ü" }, true]);
      await using writer = await store.createWriter("stream");
      for (let at = 0; at < size; at += 100_000) await writer.write(data.subarray(at, at + 100_000));
      await writer.close();
      assertEquals((await getBytes(store, "stream")).bytes, data);
    }
  });

  // It takes the question how far a session is for its end.
  Deno.test("fake-gcs-server: a session that breaks is no object, and cannot be gone on with", async () => {
    await using proxy = await new Proxy({ targetPort: Number(new URL(server().url).port) }).listen();
    await using opened = await openNewBucket(server(), { url: proxy.url, config });
    const { store } = opened;
    const data = sampleBytes(3 * CHUNK, 5);
    proxy.faults.add({
      match: { method: "PUT", nth: 2 },
      action: { kind: "cut-request", afterBytes: 1000, how: "rst" },
    });
    await assertRejects(
      () => store.put("object", data, { ifNoneMatch: "*" }),
      UnsupportedError,
      "keeps no upload",
    );
    assertEquals(await Array.fromAsync(store.list()), []);

    const options = { resumable: true, ifNoneMatch: "*" } as const;
    await using writer = await store.createPartWriter("object", data.length, options);
    await writer.writePart(0, data.subarray(0, CHUNK));
    await writer.detach();
    const resume = () => resumePartWriter(store, "object", data.length, writer.token ?? "");
    await assertRejects(resume, UnsupportedError, `made an object of ${CHUNK} bytes`);
  });
});
