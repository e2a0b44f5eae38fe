import { AlreadyExistsError, createStoreContext, InvalidNameError, type PutOptions } from "@lade/core";
import { assertEquals, assertRejects } from "@std/assert";
import { DiskFigures } from "../files/disk_figures.ts";
import { FileMedium } from "../files/file_medium.ts";
import { IoGate } from "../files/io_gate.ts";
import { KeyMutex } from "../files/key_mutex.ts";
import { NameGuess } from "../files/name_guess.ts";
import { RetiredFiles } from "../files/retired_files.ts";
import { TemporaryNames } from "../names/temporary_name.ts";
import { bytes } from "../testing/both_stores.ts";
import { FoldingCalls } from "../testing/folding_calls.ts";
import { makeRoot, type TestRoot } from "../testing/make_root.ts";
import { FileCalls } from "../tree/file_calls.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { Tree } from "../tree/tree.ts";
import { deleteFile } from "./delete_file.ts";
import { freeName } from "./free_name.ts";
import { moveFile } from "./move_file.ts";
import { otherForms, refuseOtherForm } from "./refuse_other_form.ts";
import { putFile } from "./write_file.ts";

/** A store on a file system that minds neither case nor form, and what it does by key. */
function foldingStore(root: TestRoot, calls = new FoldingCalls(new IoGate(createStoreContext().clock))) {
  const context = createStoreContext();
  const gate = new IoGate(context.clock);
  const setup: LocalSetup = {
    tree: new Tree("file", root.path, "follow-inside", calls),
    medium: new FileMedium(gate, context),
    figures: new DiskFigures(context.clock),
    gate,
    calls,
    // Nothing is written at once then: that asks the system itself.
    config: { sync: "data", symlinks: "follow-inside", fallback: false },
    context,
    temporaries: new TemporaryNames(context.random),
    mutex: new KeyMutex(),
    retired: new RetiredFiles(context.clock),
    guess: new NameGuess(),
  };
  const subject = (operation: string, key: string) => ({ operation, uri: `file://${root.file(key)}` });
  return {
    calls,
    put: (key: string, text: string, options: PutOptions = {}) =>
      putFile(setup, { subject: subject("put", key), path: root.file(key), options }, bytes(text)),
    free: (key: string) => freeName(setup, subject("put", key), root.file(key)),
    check: (key: string) => refuseOtherForm(setup, subject("put", key), root.file(key)),
    remove: (key: string) => deleteFile(setup, subject("delete", key), root.file(key), undefined, undefined),
    move: (from: string, to: string) =>
      moveFile(setup, {
        source: setup,
        subject: subject("rename", from),
        target: subject("rename to", to),
        from: root.file(from),
        to: root.file(to),
        options: {},
      }),
  };
}

Deno.test("a write does not replace the object of a key that differs in case or form alone", async () => {
  await using root = await makeRoot();
  const store = foldingStore(root);
  root.write("Report.txt", "first");
  root.write("Dir/x", "first");
  root.write("caf\u00e9", "first");
  for (const key of ["report.TXT", "dir/x", "cafe\u0301"]) {
    // The system does not know the directory by its other name here, so that the write would end before.
    const write = () => key === "dir/x" ? store.check(key) : store.put(key, "second");
    const error = await assertRejects(write, InvalidNameError);
    assertEquals(error.message.includes("its file system takes"), true, error.message);
  }
  assertEquals(root.everything(), ["Dir/x", "Report.txt", "caf\u00e9"]);
  for (const key of root.everything()) assertEquals(Deno.readTextFileSync(root.file(key)), "first");
  for (const key of root.everything()) await store.put(key, "third");
  for (const key of root.everything()) assertEquals(Deno.readTextFileSync(root.file(key)), "third");
});

Deno.test("what only creates is told of the object of such a key by its name", async () => {
  await using root = await makeRoot();
  const store = foldingStore(root);
  root.write("Report.txt", "first");
  const create = { ifNoneMatch: "*" } as const;
  await assertRejects(() => store.put("report.TXT", "second", create), InvalidNameError, 'for "Report.txt"');
  await assertRejects(() => store.free("report.TXT"), InvalidNameError, 'for "Report.txt"');
  await assertRejects(() => store.put("Report.txt", "second", create), AlreadyExistsError);
  await assertRejects(() => store.free("Report.txt"), AlreadyExistsError);
  assertEquals(root.everything(), ["Report.txt"]);
  assertEquals(Deno.readTextFileSync(root.file("Report.txt")), "first");
});

Deno.test("a deletion, and a move onto it, leave the object of such a key alone", async () => {
  await using root = await makeRoot();
  const store = foldingStore(root);
  root.write("A", "first");
  root.write("other", "second");
  const error = await assertRejects(() => store.remove("a"), InvalidNameError);
  assertEquals(
    error.message,
    `Cannot delete "file://${root.file("a")}": its file system takes "a" for "A", which is there; \
use that name, or rename it`,
  );
  await assertRejects(() => store.move("other", "a"), InvalidNameError, 'takes "a" for "A"');
  assertEquals([root.everything(), Deno.readTextFileSync(root.file("A"))], [["A", "other"], "first"]);
  await store.remove("A");
  assertEquals(root.everything(), ["other"]);
});

Deno.test("where names are told apart, a directory is asked once", async () => {
  await using root = await makeRoot();
  class CountingCalls extends FileCalls {
    readonly looks: string[] = [];
    override async lstat(path: string) {
      this.looks.push(path.slice(root.path.length + 1));
      return await super.lstat(path);
    }
  }
  const calls = new CountingCalls(new IoGate(createStoreContext().clock));
  const store = foldingStore(root, calls as unknown as FoldingCalls);
  for (const key of ["a", "A", "b", "1"]) root.write(key, "first");
  for (const key of ["a", "A", "b", "1"]) await store.put(key, "second");
  assertEquals(calls.looks.filter((path) => path === "B"), []);
  for (const key of ["a", "A", "b", "1"]) assertEquals(Deno.readTextFileSync(root.file(key)), "second");
});

Deno.test("otherForms() names another case and the other normal form", () => {
  assertEquals(otherForms("a.txt"), ["A.TXT", undefined]);
  assertEquals(otherForms("A"), ["a", undefined]);
  assertEquals(otherForms("00-1"), [undefined, undefined]);
  assertEquals(otherForms("\u00e9"), ["\u00c9", "e\u0301"]);
  assertEquals(otherForms("e\u0301"), ["E\u0301", "\u00e9"]);
  assertEquals(otherForms("\uac00"), [undefined, "\u1100\u1161"]);
});
