import { moveByLanes } from "../move_by_lanes.ts";
import { bare, openFake } from "./open_fake.ts";

Deno.test("S3Store: a large object is sent and received by a lane", () =>
  moveByLanes(async (transport) => {
    const { fake, store, ...opened } = await openFake({
      surroundings: { ...bare, transport: () => transport },
    });
    return { store, bytes: (key) => fake.bytes("bucket", key), ...opened };
  }));
