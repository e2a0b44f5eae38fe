// Shows every request that a read makes, through a layer between the engine and the store.
import { MemoryStore, observe, readInto } from "@lade/core";

const store = observe(new MemoryStore(), (event) => console.log(JSON.stringify(event)));
await store.put("big", new Uint8Array(20 * 2 ** 20));
await readInto(store, "big", new Uint8Array(20 * 2 ** 20));
