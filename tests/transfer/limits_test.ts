import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  createStoreContext,
  ForwardingStore,
  memoryProvider,
  MemoryStore,
  type PartWriter,
  type StoreContextOptions,
} from "@lade/core";
import { Registry, sumFigures } from "@lade/core/backend";
import { copyObject, readChunks } from "@lade/core/operations";
import { Lade } from "@lade/lade";
import { s3Provider } from "@lade/s3";
import { createTransport } from "@lade/service/http";
import { FakeClock } from "@lade/testing";
import { BandwidthLimit } from "@lade/transfer/limit";
import { type CpuTime, LimitWatch, type LimitWork, type TransferLimit } from "@lade/transfer/limits";
import { type FakeS3, type FaultAction, startFakeS3 } from "../fakes/s3/mod.ts";
import { bare, fakeConfig } from "../s3/open_fake.ts";
import { type RoadWidth, SlowRoad } from "./slow_road.ts";

const KiB = 2 ** 10;
const MiB = 2 ** 20;

/** A service, what stands before it, and a `Lade` whose clock moves only while somebody waits for it. */
class Scene implements AsyncDisposable {
  private constructor(
    readonly clock: FakeClock,
    readonly fake: FakeS3,
    readonly road: SlowRoad,
    readonly lade: Lade,
  ) {}

  static async open(options: {
    readonly road?: RoadWidth;
    readonly context?: (clock: FakeClock) => StoreContextOptions;
  } = {}): Promise<Scene> {
    const clock = new FakeClock();
    const fake = await startFakeS3({ buckets: ["bucket"], clock: () => clock.now() });
    const road = new SlowRoad(clock, Number(new URL(fake.url).port), options.road ?? {});
    const context = createStoreContext({ clock, random: () => 0.5, ...options.context?.(clock) });
    const registry = new Registry({ context })
      .register(
        s3Provider({ ...bare, transport: (given) => createTransport({ ...given, maxConnections: 64 }, {}) }),
      )
      .register(memoryProvider());
    const lade = new Lade({
      registry,
      config: { s3: { ...fakeConfig(fake), endpoint: road.url, lanes: 0 } },
    });
    return new Scene(clock, fake, road, lade);
  }

  put(count: number, bytes: number): void {
    for (let i = 0; i < count; i++) this.fake.putObject("bucket", `in/${i}`, new Uint8Array(bytes));
  }

  /** Strikes every request for an object. */
  strike(action: FaultAction, probability = 1): void {
    this.fake.faults.add({ match: { operation: "GetObject", probability }, action });
  }

  /** What limits work, while the clock moves. */
  async watch(
    work: () => Promise<LimitWork>,
    cpuTime: () => CpuTime = () => ({ process: 0, thread: 0 }),
  ): Promise<TransferLimit> {
    const watch = new LimitWatch(this.lade, { cpuTime, cores: 2 });
    const running = work().finally(() => isOver = true);
    running.catch(() => {});
    let isOver = false;
    while (!isOver) {
      // What needs no time is done before any passes.
      for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setTimeout(resolve, 0));
      if (!isOver) await this.clock.advance(5);
    }
    return watch.judge(await running);
  }

  /** The same of a copy of all that was put. */
  copyAll(concurrency?: number, cpuTime?: () => CpuTime): Promise<TransferLimit> {
    return this.watch(async () => {
      const given = concurrency === undefined ? {} : { concurrency };
      const request = { from: "s3://bucket/in/", to: "memory://out/", recursive: true, ...given };
      const { objects, bytes } = await this.lade.transfer(request);
      return { objects, bytes, concurrency };
    }, cpuTime);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lade[Symbol.asyncDispose]();
    await this.road[Symbol.asyncDispose]();
    await this.fake[Symbol.asyncDispose]();
  }
}

Deno.test("a link that gives no more to more requests: the network limits", async () => {
  await using scene = await Scene.open({ road: { inAll: 16 * MiB } });
  scene.put(160, 300 * KiB);
  const { by, sentence } = await scene.copyAll();
  assertEquals(by, "network", sentence);
  assertMatch(sentence, /^the network limited it: up to \d+ requests in flight brought 1\d\.\d MiB\/s/);
});

Deno.test("one request over a connection that gives no more: one connection limits", async () => {
  await using scene = await Scene.open({ road: { perConnection: 4 * MiB } });
  scene.put(1, 3 * MiB);
  const { by, sentence } = await scene.copyAll();
  assertEquals(by, "connection", sentence);
});

Deno.test("an object without an etag, which goes by one request: one connection limits", async () => {
  await using scene = await Scene.open({ road: { perConnection: 32 * MiB } });
  scene.put(1, 16 * MiB);
  scene.strike({ kind: "headers", set: { "ETag": undefined } });
  const { by, sentence } = await scene.watch(async () => {
    const { store } = await scene.lade.locate("s3://bucket/");
    const out = new MemoryStore({ context: scene.lade.context });
    const { size } = await copyObject(store, "in/0", out, "out", { checksum: "none" });
    return { objects: 1, bytes: size };
  });
  assertEquals(by, "connection", sentence);
});

Deno.test("a service that asks for fewer requests limits", async () => {
  await using scene = await Scene.open({ road: { perConnection: 4 * MiB } });
  scene.put(40, 100 * KiB);
  scene.strike({ kind: "status", status: 503, code: "SlowDown" }, 0.2);
  const { by, figures, sentence } = await scene.copyAll();
  assertEquals(by, "service", sentence);
  assertMatch(sentence, /it asked for fewer requests \d+ times of \d+/);
  assert(figures.throttled > 0 && figures.retries >= figures.throttled);
});

Deno.test("a service that is slow to answer limits", async () => {
  await using scene = await Scene.open();
  scene.put(40, 300 * KiB);
  scene.strike({ kind: "before", run: () => scene.clock.sleep(300) });
  const { by, figures, sentence } = await scene.copyAll();
  assertEquals(by, "service", sentence);
  assertMatch(sentence, /it took [23]\d\d ms until an answer began/);
  assertEquals(figures.addresses.length, 1);
});

Deno.test("many small objects: their number limits", async () => {
  await using scene = await Scene.open();
  scene.put(300, 100);
  scene.strike({ kind: "before", run: () => scene.clock.sleep(60) });
  const { by, sentence } = await scene.copyAll();
  assertEquals(by, "objects", sentence);
  assertMatch(sentence, /300 of 100 B on average/);
});

Deno.test("one object at a time, as was asked for: the concurrency given limits", async () => {
  await using scene = await Scene.open();
  scene.put(30, 100);
  scene.strike({ kind: "before", run: () => scene.clock.sleep(30) });
  const { by, sentence } = await scene.copyAll(1);
  assertEquals(by, "concurrency", sentence);
});

Deno.test("bytes that are held back by --bwlimit: the bandwidth given limits", async () => {
  const rates = { up: 4 * MiB, down: 4 * MiB };
  await using scene = await Scene.open({
    context: (clock) => ({ bandwidth: new BandwidthLimit([{ minute: 0, rates }], clock) }),
  });
  scene.put(8, 512 * KiB);
  const { by, figures, sentence } = await scene.copyAll();
  assertEquals(by, "bandwidth", sentence);
  assert(figures.heldBackMs > 500);
});

Deno.test("a thread that is busy nearly all of the time: the cores limit", async () => {
  await using scene = await Scene.open({ road: { inAll: 4 * MiB } });
  scene.put(8, 512 * KiB);
  const busy = () => ({ process: scene.clock.monotonicMs() * 1.1, thread: scene.clock.monotonicMs() * 0.97 });
  const { by, figures, sentence } = await scene.copyAll(undefined, busy);
  assertEquals(by, "cores", sentence);
  assertMatch(sentence, /one of 2 was busy 97 % of the time/);
  assert(Math.abs(figures.cpuMs - 1.1 * figures.elapsedMs) < 1);
});

Deno.test("no memory for further requests: the memory given limits", async () => {
  await using scene = await Scene.open({ context: () => ({ maxBufferedBytes: 512 * KiB }) });
  scene.put(1, 8 * MiB);
  scene.strike({ kind: "before", run: () => scene.clock.sleep(100) });
  const { by, sentence } = await scene.watch(async () => {
    const { store } = await scene.lade.locate("s3://bucket/");
    let bytes = 0;
    const reading = { chunkSize: 256 * KiB, checksum: "none" } as const;
    await using chunks = await readChunks(store, "in/0", reading);
    for await (const chunk of chunks) bytes += chunk.length;
    return { objects: 1, bytes };
  });
  assertEquals(by, "memory", sentence);
});

/** A disk that takes its time for each part. */
class SlowDisk extends ForwardingStore {
  readonly #clock: FakeClock;
  readonly #figures = {
    ...sumFigures([]),
    bytesWritten: 0,
    waitedMs: { ...sumFigures([]).waitedMs, writing: 0 },
  };

  constructor(context: Lade["context"], clock: FakeClock) {
    super(new MemoryStore({ context }));
    this.#clock = clock;
    Object.defineProperty(this, "figures", { value: () => this.#figures });
  }

  override async createPartWriter(key: string, size: number): Promise<PartWriter> {
    const writer = await super.createPartWriter(key, size, { partSize: MiB });
    const write = writer.writePart.bind(writer);
    writer.writePart = async (index, bytes) => {
      const sinceMs = this.#clock.monotonicMs();
      await this.#clock.sleep(100);
      await write(index, bytes);
      this.#figures.waitedMs.writing += this.#clock.monotonicMs() - sinceMs;
      this.#figures.bytesWritten += bytes.length;
    };
    return writer;
  }
}

Deno.test("a disk that takes its time for each part: the disk limits", async () => {
  await using scene = await Scene.open({ road: { inAll: 128 * MiB } });
  scene.put(1, 16 * MiB);
  const slow = new SlowDisk(scene.lade.context, scene.clock);
  const { store } = await scene.lade.locate("s3://bucket/");
  const stores = { context: scene.lade.context, stores: [store, slow] };
  const watch = new LimitWatch(stores, { cpuTime: () => ({ process: 0, thread: 0 }), cores: 2 });
  await scene.watch(async () => {
    const { size } = await copyObject(store, "in/0", slow, "out");
    return { objects: 1, bytes: size };
  });
  const { by, sentence } = watch.judge({ objects: 1, bytes: 16 * MiB });
  assertEquals(by, "disk", sentence);
  assertMatch(sentence, /was for the destination's to take bytes/);
});
