import { assert, assertEquals, assertRejects } from "@std/assert";
import { GROUND_PREFIX, LOCK, sweepGround } from "./sweep_ground.ts";
import { RUN_VARIABLE } from "./tagged_processes.ts";

const linux = Deno.build.os === "linux";

/** A program that runs until it is ended. */
function spawnIdle(env: Record<string, string> = {}): Deno.ChildProcess {
  return new Deno.Command("sleep", { args: ["100000"], env, stdout: "null", stderr: "null" }).spawn();
}

Deno.test("a run that is killed leaves no file and no process", { ignore: !linux }, async () => {
  const place = await Deno.makeTempDir();
  const script = `
    import { ground, openGround } from ${JSON.stringify(new URL("./ground.ts", import.meta.url).href)};
    await openGround();
    const { memory, disk } = ground();
    const temporary = Deno.makeTempDirSync();
    for (const path of [memory, disk, temporary]) Deno.writeTextFileSync(path + "/file", "x");
    // The pipe that the run's errors go to is closed when this one is ended too.
    new Deno.Command("sleep", { args: ["100000"], stdout: "null", stderr: "inherit" }).spawn();
    console.log(JSON.stringify([memory, disk, temporary]));
    setInterval(() => {}, 1000);`;
  const run = new Deno.Command(Deno.execPath(), {
    args: ["eval", script],
    env: { TMPDIR: place, LADE_BENCH_DIR: place },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const reader = run.stdout.getReader();
  const paths: string[] = JSON.parse(new TextDecoder().decode((await reader.read()).value));
  await reader.cancel();
  for (const path of paths) assert((await Deno.stat(`${path}/file`)).isFile);
  run.kill("SIGKILL");
  await run.status;
  assertEquals(await new Response(run.stderr).text(), "");
  for (const path of paths) await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
  assertEquals([...Deno.readDirSync(place)], []);
  await Deno.remove(place);
});

Deno.test(
  "sweepGround() clears up after runs that are over, and after no other",
  { ignore: !linux },
  async () => {
    const place = await Deno.makeTempDir();
    const [over, living] = [crypto.randomUUID(), crypto.randomUUID()];
    const rootOf = (id: string) => `${place}/${GROUND_PREFIX}${id}-x`;
    for (const id of [over, living]) {
      await Deno.mkdir(rootOf(id));
      await Deno.writeTextFile(`${rootOf(id)}/${LOCK}`, "");
    }
    await Deno.mkdir(`${place}/other`);
    using lock = await Deno.open(`${rootOf(living)}/${LOCK}`, { write: true });
    await lock.lock(true);
    const left = spawnIdle({ [RUN_VARIABLE]: `${crypto.randomUUID()},${over}` });
    const used = spawnIdle({ [RUN_VARIABLE]: living });
    await sweepGround(place);
    assertEquals((await left.status).signal, "SIGKILL");
    assertEquals([...Deno.readDirSync(place)].map(({ name }) => name).sort(), [
      `${GROUND_PREFIX}${living}-x`,
      "other",
    ]);
    used.kill("SIGTERM");
    assertEquals((await used.status).signal, "SIGTERM");
    await Deno.remove(place, { recursive: true });
  },
);
