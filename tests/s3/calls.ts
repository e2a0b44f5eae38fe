import type { ObjectStore } from "@lade/core";
import { noise } from "./noise.ts";

/** One call of each kind, those of our own requests and those of the SDK. */
export const CALLS: Readonly<Record<string, (store: ObjectStore) => Promise<unknown>>> = {
  "get()": (store) => store.get("object").then((result) => result.cancel()),
  "head()": (store) => store.head("object"),
  "put()": (store) => store.put("object", noise(10)),
  "list()": (store) => Array.fromAsync(store.list()),
  "delete()": (store) => store.delete("object"),
  "copy()": (store) => store.copy("object", "copy"),
  "deleteMany()": async (store) => {
    for await (const { error } of store.deleteMany(["a", "b"])) if (error) throw error;
  },
  "createWriter()": async (store) => {
    await using writer = await store.createWriter("written", { partSize: 5 * 2 ** 20 });
    await writer.write(noise(9 * 2 ** 20));
    await writer.close();
  },
};
