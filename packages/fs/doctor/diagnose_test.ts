import { type Check, PermissionDeniedError, type StoreContext } from "@lade/core";
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { type LocalStore, openDirectStore, openFileStore } from "../mod.ts";
import { completeConfig, DIRECT_SETTINGS, type LocalConfig } from "../names/local_config.ts";
import { makeRoot } from "../testing/make_root.ts";
import { diagnose, type LocalDiagnoseOptions } from "./diagnose.ts";

type Scheme = "direct" | "file";

interface ExamineOptions extends Partial<LocalDiagnoseOptions> {
  /** Puts something in the place of the store. */
  readonly change?: (store: LocalStore) => LocalStore;
}

function examination(scheme: Scheme, path: string, options: ExamineOptions = {}) {
  const { change = (store) => store, ...rest } = options;
  const open = async (config: LocalConfig, context: StoreContext) => {
    const { sync, symlinks, fallback } = config;
    const common = { sync, symlinks, context };
    return change(
      scheme === "file"
        ? await openFileStore(path, common)
        : await openDirectStore(path, { ...common, fallback }),
    );
  };
  const config = completeConfig(`${scheme}://${path}`, {}, DIRECT_SETTINGS);
  return diagnose({ config, open, measureMs: 100, maxBytes: 2 ** 21, ...rest });
}

function examine(scheme: Scheme, path: string, options?: ExamineOptions): Promise<Check[]> {
  return Array.fromAsync(examination(scheme, path, options));
}

/** Names and outcomes; how full the disk is does not matter. */
function outcomes(checks: readonly Check[]): string {
  const fine = ({ name, outcome }: Check) =>
    outcome === "ok" || (name === "directory" && outcome === "warning");
  return checks.map((check) => fine(check) ? check.name : `${check.name}:${check.outcome}`).join(" ");
}

function named(checks: readonly Check[], name: string): Check {
  const found = checks.find((check) => check.name === name);
  assert(found, `no check of ${name}`);
  return found;
}

/** A store in which some calls are others. */
function patched(store: LocalStore, changes: Partial<LocalStore>): LocalStore {
  const { capabilities, context, limits, readHints, root, uri } = store;
  return {
    ...{ capabilities, context, limits, readHints, root, uri },
    get: (...args) => store.get(...args),
    head: (...args) => store.head(...args),
    put: (...args) => store.put(...args),
    list: (...args) => store.list(...args),
    delete: (...args) => store.delete(...args),
    createWriter: (...args) => store.createWriter(...args),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
    ...changes,
  } as LocalStore;
}

for (const scheme of ["file", "direct"] as const) {
  const direct = scheme === "direct" ? "direct " : "";

  Deno.test(`diagnose() of ${scheme}:// without write reads only`, async () => {
    await using root = await makeRoot();
    root.write("a/large", new Uint8Array(2 ** 21));
    const before = await Deno.stat(root.path);
    const checks = await examine(scheme, root.path);
    assertEquals(outcomes(checks), `directory list ${direct}head get latency download`);
    assertEquals(named(checks, "list").facts?.objects, 1);
    assertEquals(named(checks, "download").facts?.bytes, 2 ** 21);
    assertStringIncludes(named(checks, "download").detail, direct ? "past the page" : "through the page");
    assertEquals([root.everything(), (await Deno.stat(root.path)).mtime], [["a/large"], before.mtime]);
  });

  Deno.test(`diagnose() of ${scheme}:// with write tries all, and leaves nothing`, async () => {
    await using root = await makeRoot();
    root.write("a/small", "small");
    const checks = await examine(scheme, root.path, { write: true });
    assertEquals(
      outcomes(checks),
      `directory list ${direct}put head get conditions delete latency sync upload download`,
    );
    assertEquals(named(checks, "upload").facts?.bytes, named(checks, "download").facts?.bytes);
    assertEquals(root.everything(), ["a/small"]);
  });

  Deno.test(`diagnose() of ${scheme}:// removes what it made when it is left`, async () => {
    await using root = await makeRoot();
    for await (const check of examination(scheme, root.path, { write: true })) {
      if (check.name === "upload") break;
    }
    assertEquals(root.everything(), []);
  });

  Deno.test(`diagnose() of ${scheme}:// removes what it made when it is aborted`, async () => {
    await using root = await makeRoot();
    for (const last of ["put", "conditions", "sync", "upload"]) {
      const controller = new AbortController();
      const reason = new Error("enough");
      await assertRejects(
        async () => {
          const { signal } = controller;
          for await (const check of examination(scheme, root.path, { write: true, signal })) {
            if (check.name === last) controller.abort(reason);
          }
        },
        Error,
        "enough",
      );
      assertEquals(root.everything(), [], last);
    }
  });
}

Deno.test("diagnose() of an empty directory says what a temporary object would tell", async () => {
  await using root = await makeRoot();
  const checks = await examine("direct", root.path);
  assertEquals(outcomes(checks), "directory list direct:skipped head get download:skipped");
  for (const name of ["direct", "download"]) {
    assertEquals(named(checks, name).advice, "allow writing, and one is made for it");
  }
});

Deno.test("diagnose() ends where there is no directory", async () => {
  await using root = await makeRoot();
  root.write("file", "content");
  const missing = await examine("file", root.file("missing"), { write: true });
  assertEquals(outcomes(missing), "directory:failed calls:skipped");
  assertStringIncludes(named(missing, "directory").advice ?? "", "lade mb");
  const file = await examine("file", root.file("file"), { write: true });
  assertEquals(outcomes(file), "directory:failed calls:skipped");
  assertEquals(named(file, "directory").detail, `${JSON.stringify(root.file("file"))} is a file`);
  assertEquals(root.everything(), ["file"]);
});

Deno.test("diagnose() tells the file system and its room", async () => {
  await using root = await makeRoot();
  const [check] = await examine("file", root.path);
  assertMatch(check?.detail ?? "", /; \d.* of \d.* are free$/);
  const { freeBytes = 0, totalBytes = 0 } = check?.facts ?? {};
  assert(Number(totalBytes) >= Number(freeBytes) && Number(totalBytes) > 0);
});

Deno.test("diagnose() finds conditions that do not hold", async () => {
  await using root = await makeRoot();
  for (
    const [forgotten, kind] of [["ifNoneMatch", "create-only"], ["ifMatch", "compare-and-swap"]] as const
  ) {
    const change = (store: LocalStore) =>
      patched(store, {
        put: (key, data, options = {}) => {
          const { [forgotten]: _, ...rest } = options;
          return store.put(key, data, rest);
        },
      });
    const check = named(await examine("file", root.path, { write: true, change }), "conditions");
    assertEquals(
      [check.outcome, check.detail],
      ["failed", `a ${kind} write went through that has to be refused`],
    );
  }
  assertEquals(root.everything(), []);
});

Deno.test("diagnose() finds bytes that come back changed", async () => {
  await using root = await makeRoot();
  const change = (store: LocalStore) =>
    patched(store, { put: (key, _, options) => store.put(key, new Uint8Array(1024), options) });
  const check = named(await examine("file", root.path, { write: true, change }), "get");
  assertEquals([check.outcome, check.detail], ["failed", "other bytes came back than were written"]);
});

Deno.test("diagnose() writes no more where it may not remove, and names what stays behind", async () => {
  await using root = await makeRoot();
  const change = (store: LocalStore) =>
    patched(store, {
      delete: (key) =>
        Promise.reject(
          new PermissionDeniedError({
            operation: "delete",
            uri: key,
            detail: "not allowed",
            advice: "ask the owner",
          }),
        ),
    });
  const checks = await examine("file", root.path, { write: true, change });
  const made = root.everything();
  assertEquals(
    outcomes(checks),
    `directory list put head get conditions delete:failed download:skipped${" cleanup:failed".repeat(2)}`,
  );
  assertEquals([named(checks, "delete").detail, named(checks, "delete").advice], [
    "not allowed",
    "ask the owner",
  ]);
  assertEquals(made.length, 2);
  for (const key of made) {
    assertMatch(key, /^\.lade-doctor-/);
    assert(checks.some(({ detail }) => detail.includes(`file://${root.file(key)}`)), key);
  }
});
