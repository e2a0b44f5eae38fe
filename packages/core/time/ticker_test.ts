import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { systemClock } from "./clock.ts";
import { startTicker } from "./ticker.ts";

Deno.test("startTicker() ticks again and again until it is stopped", async () => {
  const thrice = Promise.withResolvers<void>();
  let ticks = 0;
  const stop = startTicker(systemClock, 1, () => {
    if (++ticks === 3) thrice.resolve();
  });
  // The ticker alone does not keep the process alive.
  const held = setInterval(() => {}, 1_000);
  await thrice.promise;
  clearInterval(held);
  stop();
});

Deno.test("startTicker() does not tick once it is stopped", async () => {
  let ticks = 0;
  startTicker(systemClock, 0, () => ticks++)();
  await systemClock.sleep(1);
  assertEquals(ticks, 0);
});

Deno.test("startTicker() lets a process end before the first tick and after", async () => {
  const ticker = new URL("./ticker.ts", import.meta.url).href;
  const config = fileURLToPath(new URL("../../../deno.json", import.meta.url));
  const start = `import { startTicker } from "${ticker}"; import { systemClock } from "@lade/core/backend";`;
  const run = async (code: string) => {
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--config", config, start + code],
    }).output();
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  };
  assertEquals(await run(`startTicker(systemClock, 1_000, () => console.log("tick"));`), "");
  // After a second it ticks in another way.
  const longer = `let [stopped, ticks] = [0, 0];
  await new Promise((done) => {
    const held = setInterval(() => {}, 1_000);
    const stop = startTicker(systemClock, 340, () => { if (++stopped === 4) stop(); });
    startTicker(systemClock, 340, () => { if (++ticks === 6) done(clearInterval(held)); });
  });`;
  assertEquals(await run(`${longer} console.log(stopped);`), "4\n");
  const once = `await new Promise((done) => {
    const held = setInterval(() => {}, 1_000);
    let ticks = 0;
    startTicker(systemClock, 1, () => { if (++ticks === 2) done(clearInterval(held)); });
  });`;
  assertEquals(await run(`${once} console.log("end");`), "end\n");
});
