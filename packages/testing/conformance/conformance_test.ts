import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import type { Capabilities, CopyOptions, DeleteOptions, PutOptions } from "@lade/core/backend";
import { AlreadyExistsError } from "@lade/core/errors";
import { MemoryStore } from "@lade/core/memory";
import { conformance, conformanceCases, ConformanceError, runCase } from "./mod.ts";
import type { ConformanceCase, OpenedForTest } from "./mod.ts";
import { refusals } from "./refusals.ts";
import { registerCases, type TestRunner } from "./register_cases.ts";
import { nextTurn } from "./samples.ts";

class DeclaringStore extends MemoryStore {
  override readonly capabilities: Capabilities;

  constructor(declared: Partial<Capabilities>) {
    super();
    this.capabilities = { ...new MemoryStore().capabilities, ...declared };
  }
}

function recorder() {
  const tests = new Map<string, () => Promise<void>>();
  const ignored: string[] = [];
  const test: TestRunner = Object.assign(
    (name: string, run: () => Promise<void>) => void tests.set(name, run),
    { ignore: (name: string) => void ignored.push(name) },
  );
  return { tests, ignored, test };
}

function opened(disposed: () => void = () => {}): Promise<OpenedForTest> {
  return Promise.resolve({
    store: new MemoryStore(),
    [Symbol.asyncDispose]: () => Promise.resolve(disposed()),
  });
}

Deno.test("conformance() registers every case under the store's name, each with a name of its own", () => {
  const { tests, test } = recorder();
  conformance("S", opened, test);
  assertEquals([...tests.keys()], conformanceCases.map((one) => `S: ${one.name}`));
});

Deno.test("conformance() opens a store for each case and disposes it, also when the case fails", async () => {
  let disposed = 0;
  const { tests, test } = recorder();
  conformance("S", () => opened(() => disposed++), test);
  const [first] = tests.values();
  await first?.();
  assertEquals(disposed, 1);
  const broken = recorder();
  conformance("S", async () => ({ ...await opened(() => disposed++), store: new Broken() }), broken.test);
  await assertRejects(
    broken.tests.get("S: head() tells key and size, of an empty object too") ?? (() => opened()),
  );
  assertEquals(disposed, 2);
});

Deno.test("conformance() shows a skipped case with its reason and does not run it", () => {
  const { tests, ignored, test } = recorder();
  const name = conformanceCases[0]?.name ?? "";
  conformance("S", opened, test, { skip: { [name]: "the server cannot" } });
  assertEquals(ignored, [`S: ${name} (skipped: the server cannot)`]);
  assert(!tests.has(`S: ${name}`));
});

Deno.test("conformance() is a TypeError for a case to skip that does not exist", () => {
  const skip = { "no such case": "whatever" };
  assertThrows(() => conformance("S", opened, recorder().test, { skip }), TypeError, '"no such case"');
});

Deno.test("registerCases() fails a case that takes too long", async () => {
  const { tests, test } = recorder();
  registerCases("S", [{ name: "endless" }], test, { timeoutMs: 1 }, () => new Promise(() => {}));
  const error = await assertRejects(() => tests.get("S: endless")?.() ?? Promise.resolve(), Error);
  assertStringIncludes(error.message, "endless");
});

Deno.test("runCase() asks for the refusal where a need is not declared", async () => {
  const store = new DeclaringStore({ createOnly: false });
  const one = caseOf("createOnly");
  await assertRejects(
    () => runCase(one, context(store)),
    ConformanceError,
    "expected an error, it succeeded",
  );
});

Deno.test("runCase() runs a case while its need is unknown, and asks for the refusal once the case finds it lacking", async () => {
  const one: ConformanceCase = {
    name: "case",
    needs: ["createOnly"],
    run: () => Promise.reject(new Error("no")),
  };
  const honest = new DeclaringStore({ createOnly: "unknown" });
  await assertRejects(() => runCase(one, context(honest)), Error, "no");
  const settled = { ...honest.capabilities, createOnly: false };
  const store = new DeclaringStore({ createOnly: "unknown" });
  const finds: ConformanceCase = {
    ...one,
    async run() {
      await store.put("left", new Uint8Array(1));
      Object.assign(store.capabilities, settled);
      throw new Error("found out");
    },
    async unsupported() {
      assertEquals(await Array.fromAsync(store.list()), []);
    },
  };
  await runCase(finds, context(store));
});

for (const flag of Object.keys(refusals) as (keyof Capabilities)[]) {
  if (flag === "atomicRename") continue;
  Deno.test(`a store that declares ${flag} wrongly fails`, async () => {
    const declared = new MemoryStore().capabilities[flag] === false;
    const failures = await Promise.all(
      conformanceCases.filter(({ needs }) => needs?.includes(flag)).map(async (one) => {
        const store = new DeclaringStore({ [flag]: declared });
        return await runCase(one, context(store)).then(() => false, () => true);
      }),
    );
    assert(failures.includes(true), `no case notices that ${flag} is declared ${declared}`);
  });
}

Deno.test("every capability has a case that needs it", () => {
  for (const flag of Object.keys(refusals)) {
    assert(conformanceCases.some(({ needs = [] }) => (needs as readonly string[]).includes(flag)), flag);
  }
});

Deno.test("a store that holds what it has a rule against fails, and one that refuses what it has none against", async () => {
  class Lenient extends MemoryStore {
    override keyFault(key: string): string | undefined {
      return key === ".." ? "the key is a rule of its own" : super.keyFault(key);
    }
    override head(key: string): ReturnType<MemoryStore["head"]> {
      return key === ".." ? super.head("object") : super.head(key);
    }
  }
  class Narrow extends MemoryStore {
    override put(key: string, ...rest: [Uint8Array]): ReturnType<MemoryStore["put"]> {
      return super.put(key === ".." ? "" : key, ...rest);
    }
  }
  const one = named("keys with dots for segments");
  for (const store of [new Lenient(), new Narrow()]) {
    await assertRejects(async () => await one.run(context(store)));
  }
});

/** A store whose writes wait for the system and whose reads do not, as a database in this process may be. */
class LateStore extends MemoryStore {
  override async put(...call: Parameters<MemoryStore["put"]>): ReturnType<MemoryStore["put"]> {
    await nextTurn();
    return await super.put(...call);
  }
}

for (
  const name of [
    "put() shows readers the old content or all of the new, nothing between",
    "rename() is one step: the target is never missing while it is replaced",
  ]
) {
  Deno.test(`a case that reads meanwhile leaves the system its turn: ${name}`, async () => {
    await runCase(named(name), context(new LateStore()));
  });
}

Deno.test("a store that checks a condition and then does what was asked in a second step fails", async () => {
  class TwoSteps extends MemoryStore {
    override async delete(key: string, { ifMatch, ...options }: DeleteOptions = {}): Promise<void> {
      await super.head(key, ifMatch === undefined ? {} : { ifMatch });
      await nextTurn();
      await super.delete(key, options);
    }
    override async copy(from: string, to: string, { ifNoneMatch, ...options }: CopyOptions = {}) {
      const isThere = await super.head(to).then(() => true, () => false);
      if (isThere && ifNoneMatch) {
        throw new AlreadyExistsError({ operation: "copy", uri: to, detail: "it is there" });
      }
      await nextTurn();
      return await super.copy(from, to, options);
    }
  }
  for (const what of ["a put() and a delete() that race", "8 racing copy() or rename() calls"]) {
    const one = named(`of ${what}`);
    await runCase(one, context(new MemoryStore()));
    await assertRejects(() => runCase(one, context(new TwoSteps())), ConformanceError, undefined, one.name);
  }
});

Deno.test("a store that refuses every conditional write fails, and ends", async () => {
  class Refusing extends MemoryStore {
    override put(key: string, data: Uint8Array, options: PutOptions = {}): ReturnType<MemoryStore["put"]> {
      return super.put(key, data, options.ifMatch === undefined ? options : { ...options, ifMatch: "none" });
    }
  }
  const run = () => runCase(named("5 workers that each add 10"), context(new Refusing()));
  await assertRejects(run, ConformanceError, "was refused 1000 times");
});

class Broken extends MemoryStore {
  override head(): Promise<never> {
    return Promise.reject(new Error("broken"));
  }
}

function caseOf(flag: keyof Capabilities): ConformanceCase {
  const one = conformanceCases.find(({ needs }) => needs?.[0] === flag);
  if (!one) throw new Error(`no case needs ${flag}`);
  return one;
}

function named(start: string): ConformanceCase {
  const one = conformanceCases.find(({ name }) => name.startsWith(start));
  if (!one) throw new Error(`no case is called ${start}`);
  return one;
}

function context(store: MemoryStore) {
  return { store, partSize: 1024, storageClass: "COLD" };
}
