import { assertEquals, assertRejects } from "@std/assert";
import { IncompleteError, openCheckpoints } from "@lade/checkpoint";
import { openFake } from "../s3/open_fake.ts";

/** What a rank asks the service for beyond its file: whether another run has begun, … */
const LOOK = "ListObjectsV2";
/** … the manifest, and whether what it names was given up meanwhile; then the name of the newest. */
const commit = (own: string) => ["PutObject commits", "HeadObject retired", `HeadObject ${own}`];

/** Once for a store it is tried whether the service keeps conditions. */
const PROBE = "PutObject lade";

for (const worldSize of [1, 3]) {
  Deno.test(`a save of ${worldSize} ranks asks for no more than it needs`, async () => {
    await using opened = await openFake();
    const { fake, store } = opened;
    const ranks = await Promise.all(
      Array.from(
        { length: worldSize },
        (_, rank) => openCheckpoints(store, "c", { run: "r", worldSize, rank, patienceMs: 0 }),
      ),
    );
    /** Saves as a rank, and tells what was asked for. */
    const save = async (rank: number, step: number): Promise<string[]> => {
      fake.requests.splice(0);
      const data = new Uint8Array(64);
      const piece = { name: `part ${rank}`, dtype: "uint8", shape: [64], data } as const;
      const { committed } = ranks[rank]?.save(step, { tensors: [piece] }) ?? {};
      if (rank === worldSize - 1) await committed;
      else await assertRejects(async () => await committed, IncompleteError);
      return fake.requests.map(({ operation, key = "" }) =>
        [operation, ...key.match(/(?<=^c\/\.?)[a-z]+/) ?? []].join(" ")
      );
    };
    for (const step of [0, 1, 2]) {
      for (let rank = 0; rank < worldSize - 1; rank++) {
        const asked = [LOOK, "PutObject data", "PutObject records", "ListObjectsV2", "GetObject commits"];
        assertEquals(await save(rank, step), asked);
      }
      const asked = await save(worldSize - 1, step);
      const expected = [
        LOOK,
        "PutObject data",
        ...(worldSize === 1
          ? []
          : ["PutObject records", "ListObjectsV2", ...new Array(worldSize).fill("GetObject records")]),
        ...commit(worldSize === 1 ? "data" : "records"),
        // What it wrote last is not read again.
        ...(step === 0 ? ["GetObject latest"] : []),
        "PutObject latest",
      ];
      assertEquals(asked.filter((one) => one !== PROBE), expected);
      assertEquals(asked.length - expected.length, Number(step === 1));
    }
  });
}
