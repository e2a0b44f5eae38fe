import { UnsupportedError } from "@lade/core";
import type { ConformanceCase } from "../conformance_case.ts";
import { expect, expectBytes, expectEqual, expectError } from "../expect.ts";
import { bytesIn, bytesOf, isThere, sampleBytes } from "../samples.ts";

/** What presigned URLs permit. The cases send requests to them. */
export const presignCases: readonly ConformanceCase[] = [
  {
    name: "presign() makes a URL that reads the object, by default",
    needs: ["presign"],
    async run({ store }) {
      const key = "dir/a b+ö%20.bin";
      await store.put(key, sampleBytes(1000));
      const url = await store.presign(key, { expiresInMs: 60_000 });
      expect(url instanceof URL, "presign() gives no URL");
      const response = await fetch(url);
      expectEqual(response.status, 200, "the status of GET");
      expectBytes(new Uint8Array(await response.arrayBuffer()), sampleBytes(1000), "the body");
    },
  },
  {
    name: "presign() for PUT makes a URL that writes the object",
    needs: ["presign"],
    async run({ store }) {
      let headers: Readonly<Record<string, string>> = {};
      const onHeaders = (needed: typeof headers) => void (headers = needed);
      const url = await store.presign("object", { method: "PUT", expiresInMs: 60_000, onHeaders });
      const response = await fetch(url, { method: "PUT", body: sampleBytes(1000), headers });
      await response.body?.cancel();
      expect(response.ok, `the status of PUT is ${response.status}`);
      expectBytes(await bytesIn(store, "object"), sampleBytes(1000), "the object");
    },
  },
  {
    name: "presign() for DELETE makes a URL that deletes the object",
    needs: ["presign"],
    async run({ store }) {
      await store.put("object", bytesOf("x"));
      const url = await store.presign("object", { method: "DELETE", expiresInMs: 60_000 });
      const response = await fetch(url, { method: "DELETE" });
      await response.body?.cancel();
      expect(response.ok, `the status of DELETE is ${response.status}`);
      expect(!await isThere(store, "object"), "the object is still there");
    },
  },
  {
    name: "presign() permits one method on one object",
    needs: ["presign"],
    async run({ store }) {
      await store.put("object", bytesOf("content"));
      await store.put("other", bytesOf("content"));
      const url = await store.presign("object", { expiresInMs: 60_000 });
      const other = new URL(url);
      other.pathname = other.pathname.replace(/object$/, "other");
      for (const [target, method] of [[url, "DELETE"], [other, "GET"]] as const) {
        const response = await fetch(target, { method });
        await response.body?.cancel();
        expect(!response.ok, `${method} ${target.pathname} is permitted`);
      }
      expect(await isThere(store, "object"), "the object is gone");
    },
  },
  {
    name: "presign() refuses a URL that needs headers, where nobody is told of them",
    needs: ["presign"],
    async run({ store }) {
      for (const method of ["GET", "PUT", "DELETE"] as const) {
        let told = false;
        await store.presign("object", { method, expiresInMs: 60_000, onHeaders: () => told = true });
        const presign = () => store.presign("object", { method, expiresInMs: 60_000 });
        if (told) await expectError(presign, UnsupportedError, `presign() for ${method}`);
        else expect(await presign() instanceof URL, `presign() for ${method} gives no URL`);
      }
    },
  },
  {
    name: "presign() for no time is a RangeError",
    needs: ["presign"],
    async run({ store }) {
      for (const expiresInMs of [0, -1, NaN]) {
        const presign = () => store.presign("object", { expiresInMs });
        await expectError(presign, RangeError, `presign() for ${expiresInMs} ms`);
      }
    },
  },
];
