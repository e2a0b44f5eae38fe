import { assertEquals } from "@std/assert";
import { closeLocked } from "./close_locked.ts";
import { system } from "./system.ts";

Deno.test("closeLocked() ends a lock, also while processes are being started that share the descriptor", async () => {
  const path = await Deno.makeTempFile();
  let isOver = false;
  const starting = Array.from({ length: 3 }, async () => {
    while (!isOver) await new Deno.Command("true").output();
  });
  try {
    for (let count = 0; count < 100; count++) {
      const file = await system.open(path, { read: true, write: true });
      const isHad = await file.tryLock(true);
      // Processes are started meanwhile.
      await new Promise((resolve) => setTimeout(resolve));
      closeLocked(file);
      assertEquals([count, isHad], [count, true]);
    }
  } finally {
    isOver = true;
    await Promise.all(starting);
    await Deno.remove(path);
  }
});
