import { moveByLanes } from "../move_by_lanes.ts";
import { openFake } from "./open_fake.ts";

Deno.test("AzureStore: a large object is sent and received by a lane", () =>
  moveByLanes(async (transport) => {
    const { fake, store, ...opened } = await openFake({ transport });
    return { store, bytes: (key) => fake.bytes("container", key), ...opened };
  }));
