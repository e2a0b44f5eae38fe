import { moveByLanes } from "../move_by_lanes.ts";
import { openFake } from "./open_fake.ts";

Deno.test("GcsStore: a large object is sent in parts and received by a lane", () =>
  moveByLanes(async (transport) => {
    const { fake, store, ...opened } = await openFake({ transport, traits: { takesParts: true } });
    return { store, bytes: (key) => fake.bytes("bucket", key), ...opened };
  }));
