import { assertEquals } from "@std/assert";
import type { LearnedEndpoint } from "@lade/core/backend";
import { FakeClock } from "@lade/testing";
import { endpointFile } from "./endpoint_file.ts";

const NOW = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;
const READ: LearnedEndpoint = {
  endpoint: "https://h:9000",
  direction: "read",
  limit: 24,
  rate: 1e9,
  learnedMs: NOW,
};
const WRITE: LearnedEndpoint = { endpoint: "https://h:9000", direction: "write", limit: 8, learnedMs: NOW };

async function withDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const base = await Deno.makeTempDir();
  try {
    await work(`${base}/cache/lade`);
  } finally {
    await Deno.remove(base, { recursive: true });
  }
}

async function textOf(directory: string): Promise<string> {
  return await Deno.readTextFile(`${directory}/endpoints-1.json`);
}

Deno.test("endpointFile() keeps what was learned for the next process, and adds to what others kept", async () => {
  await withDirectory(async (directory) => {
    const clock = new FakeClock({ now: NOW });
    const file = endpointFile({ directory, clock });
    assertEquals(await file.load(), []);
    await file.save([READ]);
    await endpointFile({ directory: `${directory}/`, clock }).save([WRITE, {
      ...READ,
      endpoint: "http://o",
    }]);
    const kept = await endpointFile({ directory, clock }).load();
    assertEquals(
      new Set(kept.map(({ endpoint, direction, limit }) => `${endpoint} ${direction} ${limit}`)),
      new Set([
        "https://h:9000 read 24",
        "https://h:9000 write 8",
        "http://o read 24",
      ]),
    );
    await file.save([{ ...READ, limit: 12, rate: 5, learnedMs: NOW + 1 }]);
    await clock.advance(1);
    const read = (await file.load()).filter(({ direction, endpoint }) =>
      direction === "read" && endpoint === READ.endpoint
    );
    assertEquals(read, [{ ...READ, limit: 12, rate: 5, learnedMs: NOW + 1 }]);
    const names = [];
    for await (const { name } of Deno.readDir(directory)) names.push(name);
    assertEquals(names, ["endpoints-1.json"]);
    const { mode } = await Deno.stat(`${directory}/endpoints-1.json`);
    assertEquals((mode ?? 0) & 0o777, 0o600);
  });
});

Deno.test("endpointFile() forgets what is older than a week, or from the future", async () => {
  await withDirectory(async (directory) => {
    const save = (learnedMs: number, endpoint: string) =>
      endpointFile({ directory, clock: new FakeClock({ now: learnedMs }) }).save([{
        ...READ,
        endpoint,
        learnedMs,
      }]);
    await save(NOW, "http://now");
    const load = async (now: number) =>
      (await endpointFile({ directory, clock: new FakeClock({ now }) }).load()).map(({ endpoint }) =>
        endpoint
      );
    assertEquals(await load(NOW + 7 * DAY), ["http://now"]);
    assertEquals(await load(NOW + 7 * DAY + 1), []);
    assertEquals(await load(NOW - 1), []);
    await save(NOW + 8 * DAY, "http://later");
    assertEquals((await textOf(directory)).includes("http://now"), false);
  });
});

Deno.test("endpointFile() keeps 512 entries, the newest", async () => {
  await withDirectory(async (directory) => {
    const clock = new FakeClock({ now: NOW + 2_000 });
    const many = Array.from(
      { length: 600 },
      (_, i) => ({ ...READ, endpoint: `http://h${i}`, learnedMs: NOW + i }),
    );
    await endpointFile({ directory, clock }).save(many);
    const kept = await endpointFile({ directory, clock }).load();
    assertEquals([kept.length, kept[0]?.endpoint, kept.at(-1)?.endpoint], [512, "http://h599", "http://h88"]);
  });
});

Deno.test("endpointFile() takes nothing from a file that is damaged or not its own, and writes a good one in its place", async () => {
  const good = JSON.stringify(READ);
  const bad = (change: Record<string, unknown>) => JSON.stringify([{ ...READ, ...change }]);
  const texts = [
    "",
    "{",
    good,
    `[${good}`,
    "null",
    '[null, 1, "a", []]',
    bad({ limit: 0 }),
    bad({ limit: 1e9 }),
    bad({ limit: 1.5 }),
    bad({ limit: "24" }),
    bad({ rate: -1 }),
    bad({ rate: "1" }),
    bad({ direction: "up" }),
    bad({ learnedMs: null }),
    bad({ endpoint: "https://user:secret@h" }),
    bad({ endpoint: "https://h/path?sig=secret" }),
    bad({ endpoint: "file:///etc" }),
    bad({ endpoint: `http://${"h".repeat(400)}` }),
    `[${good}${" ".repeat(2 ** 18)}]`,
  ];
  for (const text of texts) {
    await withDirectory(async (directory) => {
      const clock = new FakeClock({ now: NOW });
      const file = endpointFile({ directory, clock });
      await Deno.mkdir(directory, { recursive: true });
      await Deno.writeTextFile(`${directory}/endpoints-1.json`, text);
      assertEquals(await file.load(), [], text.slice(0, 200));
      await file.save([WRITE]);
      assertEquals(await file.load(), [WRITE], text.slice(0, 200));
    });
  }
});

Deno.test("endpointFile() does without a directory that cannot be made, and leaves nothing behind", async () => {
  await withDirectory(async (directory) => {
    const base = directory.slice(0, -"/cache/lade".length);
    await Deno.writeTextFile(`${base}/cache`, "a file");
    const file = endpointFile({ directory, clock: new FakeClock({ now: NOW }) });
    await file.save([READ]);
    assertEquals(await file.load(), []);
    await Deno.remove(`${base}/cache`);
    await Deno.mkdir(`${directory}/endpoints-1.json/sub`, { recursive: true });
    await file.save([READ]);
    const names = [];
    for await (const { name } of Deno.readDir(directory)) names.push(name);
    assertEquals(names, ["endpoints-1.json"]);
  });
});

Deno.test("endpointFile() keeps the newest 512 limits, and writes no more", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const clock = { now: () => 1_000 };
    const learned = Array.from({ length: 513 }, (_, index): LearnedEndpoint => {
      return { ...READ, endpoint: `http://h${index}`, learnedMs: index };
    });
    await endpointFile({ directory, clock }).save(learned);
    const written = JSON.parse(await Deno.readTextFile(`${directory}/endpoints-1.json`));
    assertEquals([written.length, written[0].learnedMs, written[511].learnedMs], [512, 512, 1]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
