/** Prints what reading a file and a conditional write come to in the directory that is named. */
import process from "node:process";
import { openFileStore } from "@lade/fs";

const [, , root = ""] = process.argv;
await using store = await openFileStore(root);
const told = async (call: Promise<unknown>, done: string) =>
  console.log(
    await call.then(() => done, ({ name, message }) => `${name} ${message.replace(/^.*?": /, "")}`),
  );

await told(store.get("file").then((result) => result.cancel()), "read");
const etag = await store.head("file").then(({ etag }) => etag, () => "none");
await told(store.put("file", new Uint8Array(1), { ifMatch: etag ?? "" }), "written");
