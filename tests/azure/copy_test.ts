import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  AlreadyExistsError,
  createStoreContext,
  NotFoundError,
  type ObjectStore,
  PermissionDeniedError,
  PreconditionFailedError,
  ServiceError,
  UnavailableError,
  UnsupportedError,
} from "@lade/core";
import { FakeClock } from "@lade/testing";
import { type Answer, type Asked, failure, ScriptedAccount } from "./scripted_account.ts";

const TIME = "Sat, 28 Nov 2026 08:00:00 GMT";
const STORED = `10P8Lg==.5.${"0".repeat(32)}`;
const MADE: Answer = { status: 201, headers: { etag: '"0x2"', "last-modified": TIME } };

/** What a HEAD tells of a blob. */
function told(size: number, more: Readonly<Record<string, string>> = {}): Answer {
  const headers = { "content-length": `${size}`, "last-modified": TIME, etag: '"0x1"', ...more };
  return { status: 200, headers };
}

function isCopy({ headers }: Asked): boolean {
  return headers.has("x-ms-copy-source");
}

/** Answers a HEAD of the source and of what was copied; `copy` answers the rest. */
function having(source: Answer, copy: (asked: Asked) => Answer, target = told(5)): (asked: Asked) => Answer {
  return (asked) => asked.method !== "HEAD" ? copy(asked) : asked.path.endsWith("/from") ? source : target;
}

async function withStore(
  script: (asked: Asked) => Answer | Promise<Answer>,
  run: (store: ObjectStore, account: ScriptedAccount) => Promise<void>,
  clock?: FakeClock,
): Promise<void> {
  await using account = new ScriptedAccount(script);
  const { clock: time } = createStoreContext();
  await using store = account.open("box", clock && createStoreContext({ clock }), { clock: time });
  await run(store, account);
}

/** Moves the clock while a call sleeps. */
async function driven<T>(clock: FakeClock, call: Promise<T>, stepMs = 1_000): Promise<T> {
  let done = false;
  call.catch(() => {}).finally(() => done = true);
  while (!done) {
    await new Promise((resolve) => setTimeout(resolve));
    if (clock.pending > 0) await clock.advance(stepMs);
  }
  return await call;
}

Deno.test("copy() is one request that names the source by a signature for it alone, held to what was seen", async () => {
  const source = told(5, {
    "content-type": "text/csv",
    "x-ms-meta-ladecrc32c": STORED,
    "x-ms-meta-a": "b",
    "x-ms-access-tier": "Cool",
    "content-md5": "1B2M2Y8AsgTpgAmY7PhCfg==",
  });
  await withStore(having(source, () => MADE), async (store, account) => {
    const copied = await store.copy("from", "dir/to");
    assertEquals(copied, { size: 5, etag: "0x2", sourceEtag: "0x1" });
    assertEquals(account.asked, ["HEAD /account/box/from", "PUT /account/box/dir/to"]);
    const { headers } = account.requests[1] as Asked;
    const url = new URL(headers.get("x-ms-copy-source") ?? "");
    assertEquals(`${url.origin}${url.pathname}`, `${account.url}/account/box/from`);
    assertEquals([url.searchParams.get("sp"), url.searchParams.get("sr")], ["r", "b"]);
    assertEquals(headers.get("x-ms-source-if-match"), '"0x1"');
    assertEquals(headers.get("x-ms-blob-type"), "BlockBlob");
    const [type, tier] = [headers.get("x-ms-blob-content-type"), headers.get("x-ms-access-tier")];
    assertEquals([type, tier, headers.get("x-ms-meta-a")], ["text/csv", "Cool", "b"]);
    assertEquals(headers.get("x-ms-blob-content-md5"), "1B2M2Y8AsgTpgAmY7PhCfg==");
    const [crc, size, writer] = headers.get("x-ms-meta-ladecrc32c")?.split(".") ?? [];
    assertEquals([crc, size], ["10P8Lg==", "5"]);
    assert(writer !== "0".repeat(32), "the copy bears the mark of its source");
  });
});

Deno.test("copy() with attributes takes nothing of the source's but tags and tier", async () => {
  const source = told(5, { "content-type": "text/csv", "x-ms-meta-a": "b", "x-ms-access-tier": "Cool" });
  await withStore(having(source, () => MADE), async (store, account) => {
    await store.copy("from", "to", { attributes: { contentType: "text/plain" } });
    const { headers } = account.requests[1] as Asked;
    assertEquals(headers.get("x-ms-copy-source-blob-properties"), "false");
    const [type, tier] = [headers.get("x-ms-blob-content-type"), headers.get("x-ms-access-tier")];
    assertEquals([type, tier, headers.get("x-ms-meta-a")], ["text/plain", "Cool", null]);
  });
});

Deno.test("copy() of a page blob asks for no tier that block blobs have not", async () => {
  await withStore(having(told(512, { "x-ms-access-tier": "P10" }), () => MADE), async (store, account) => {
    await store.copy("from", "to");
    assertEquals(account.requests[1]?.headers.get("x-ms-access-tier"), null);
  });
});

Deno.test("copy() takes the tags of its source along", async () => {
  const source = told(5, { "x-ms-tag-count": "2" });
  const tags =
    "<Tags><TagSet><Tag><Key>a b</Key><Value>1+1</Value></Tag><Tag><Key>c</Key><Value></Value></Tag>" +
    "</TagSet></Tags>";
  const answer = (asked: Asked): Answer =>
    asked.query.get("comp") === "tags" ? { status: 200, body: tags } : MADE;
  await withStore(having(source, answer), async (store, account) => {
    await store.copy("from", "to");
    assertEquals(account.requests.at(-1)?.headers.get("x-ms-tags"), "a%20b=1%2B1&c=");
  });
});

Deno.test("copy() of a version or a snapshot asks for it, and signs for it alone", async () => {
  const version = "2026-11-28T08:00:00.0000001Z";
  const answer = ({ query }: Asked) => told(5, query.has("versionid") ? { "x-ms-version-id": version } : {});
  for (
    const [name, parameter, resource] of [[version, "versionid", "bv"], [
      `snapshot=${version}`,
      "snapshot",
      "bs",
    ]]
  ) {
    const script = (asked: Asked) => asked.method === "HEAD" ? answer(asked) : MADE;
    await withStore(script, async (store, account) => {
      Object.assign(store.capabilities, { versions: "unknown" });
      await store.copy("from", "from", { sourceVersion: name as string });
      const [head, copy] = account.requests;
      assertEquals(head?.query.get(parameter as string), version);
      const url = new URL(copy?.headers.get("x-ms-copy-source") ?? "");
      assertEquals([url.searchParams.get(parameter as string), url.searchParams.get("sr")], [
        version,
        resource,
      ]);
    });
  }
});

const REFUSED = failure(501, "APINotImplemented");

Deno.test("copy() goes block by block where the service does not copy in one request, which is remembered", async () => {
  const answer = (asked: Asked) => asked.query.has("comp") ? MADE : REFUSED;
  await withStore(having(told(5), answer), async (store, account) => {
    await store.copy("from", "to");
    await store.copy("from", "other", { ifNoneMatch: "*" });
    assertEquals(account.asked, [
      "HEAD /account/box/from",
      "PUT /account/box/to",
      "PUT /account/box/to?block",
      "PUT /account/box/to?blocklist",
      "HEAD /account/box/from",
      "PUT /account/box/other?block",
      "PUT /account/box/other?blocklist",
    ]);
    const [block, list] = account.requests.slice(-2);
    assertEquals(block?.headers.get("x-ms-source-range"), "bytes=0-4");
    assertEquals(block?.headers.get("x-ms-source-if-match"), '"0x1"');
    assertEquals(list?.headers.get("if-none-match"), "*");
    const id = new TextDecoder().decode(list?.body).match(/<Latest>(.*)<\/Latest>/)?.[1];
    assertEquals(id, block?.query.get("blockid"));
  });
});

Deno.test("copy() of a large object goes in blocks that come from everywhere of it, each held to its etag", async () => {
  const size = 300 * 2 ** 20;
  await withStore(having(told(size), () => MADE), async (store, account) => {
    assertEquals((await store.copy("from", "to")).size, size);
    const ranges = account.requests.map(({ headers }) => headers.get("x-ms-source-range"))
      .filter((range) => range !== null).map((range) => range.slice(6).split("-").map(Number));
    let end = 0;
    for (const [first = NaN, last = NaN] of ranges.sort(([a = 0], [b = 0]) => a - b)) {
      assertEquals(first, end);
      end = last + 1;
    }
    assertEquals([end, ranges.length], [size, 5]);
  });
});

/** Answers requests for copies that the service makes on its own. */
function starting(head: () => Answer, start: () => Answer): (asked: Asked) => Answer {
  const rest = (asked: Asked): Answer => {
    if (asked.method === "DELETE") return { status: 202 };
    if (asked.query.get("comp") === "copy") return { status: 204 };
    return asked.query.has("comp") || asked.headers.has("x-ms-blob-type") ? REFUSED : start();
  };
  return (asked) => {
    if (asked.method !== "HEAD") return rest(asked);
    return asked.path.endsWith("/from") ? told(5, { "content-type": "a/b" }) : head();
  };
}

function copyStatus(status: string, more: Readonly<Record<string, string>> = {}): Answer {
  return told(5, { "x-ms-copy-id": "id", "x-ms-copy-status": status, ...more });
}

const PENDING: Answer = { status: 202, headers: { "x-ms-copy-id": "id", "x-ms-copy-status": "pending" } };

Deno.test("copy() has the service copy on its own where it copies no blocks, and waits until it has", async () => {
  const clock = new FakeClock();
  let looks = 0;
  const head = () =>
    ++looks < 40 ? copyStatus("pending", { "x-ms-copy-progress": `${looks}/99` }) : copyStatus("success");
  await withStore(starting(head, () => PENDING), async (store, account) => {
    const copied = await driven(clock, store.copy("from", "to", { ifNoneMatch: "*" }), 10_000);
    assertEquals(copied, { size: 5, etag: "0x1", sourceEtag: "0x1" });
    assertEquals(looks, 40);
    const start = account.requests.find((asked) =>
      isCopy(asked) && !asked.query.has("comp") && !asked.headers.has("x-ms-blob-type")
    );
    assertEquals(start?.headers.get("if-none-match"), "*");
    assertEquals(start?.headers.get("x-ms-blob-content-type"), null);
    assertEquals(start?.headers.get("x-ms-copy-source"), `${account.url}/account/box/from`);
    assert(clock.monotonicMs() > 900_000, "a copy that gets on is waited for");
  }, clock);
});

Deno.test("copyFrom() that the service makes on its own names a source in the account without a signature", async () => {
  await withStore(starting(() => copyStatus("success"), () => PENDING), async (store, account) => {
    await using other = account.open("other");
    const clock = new FakeClock();
    await driven(clock, Promise.resolve(store.copyFrom?.(other, "from", "to")));
    const start = account.requests.findLast(isCopy);
    assertEquals(start?.headers.get("x-ms-copy-source"), `${account.url}/account/other/from`);
  });
});

Deno.test("copy() of one that does not get on, or fails, is aborted and leaves nothing", async () => {
  for (const [status, type] of [["pending", UnavailableError], ["failed", ServiceError]] as const) {
    const clock = new FakeClock();
    const head = () => copyStatus(status, { "x-ms-copy-status-description": "500 went wrong" });
    await withStore(starting(head, () => PENDING), async (store, account) => {
      const error = await assertRejects(() => driven(clock, store.copy("from", "to"), 10_000), type);
      if (status === "failed") assertStringIncludes(error.message, "500 went wrong");
      const [abort, , removal] = account.requests.slice(-3);
      assertEquals([abort?.query.get("copyid"), abort?.headers.get("x-ms-copy-action")], ["id", "abort"]);
      assertEquals([removal?.method, removal?.headers.get("if-match")], ["DELETE", '"0x1"']);
    }, clock);
  }
});

Deno.test("copy() that is aborted while the service copies aborts that too, and rejects with the reason", async () => {
  const clock = new FakeClock();
  const controller = new AbortController();
  const reason = new Error("stop");
  const head = () => {
    controller.abort(reason);
    return copyStatus("pending");
  };
  await withStore(starting(head, () => PENDING), async (store, account) => {
    const copying = driven(clock, store.copy("from", "to", { signal: controller.signal }));
    assertEquals(await copying.catch((error) => error), reason);
    // The removal need not be over when the call is.
    while (account.requests.at(-1)?.method !== "DELETE") await new Promise((resolve) => setTimeout(resolve));
    assert(account.requests.some(({ query }) => query.get("copyid") === "id"), "it is still pending");
  }, clock);
});

Deno.test("copy() whose target is replaced while the service copies fails, and leaves what replaced it", async () => {
  const clock = new FakeClock();
  const head = () => told(7);
  await withStore(starting(head, () => PENDING), async (store, account) => {
    await assertRejects(() => driven(clock, store.copy("from", "to")), PreconditionFailedError, "replaced");
    assert(account.requests.every(({ method }) => method !== "DELETE"), "it was deleted");
  }, clock);
});

Deno.test("copy() with other attributes is not left to the service, which would keep the source's", async () => {
  await withStore(starting(() => copyStatus("success"), () => PENDING), async (store) => {
    const copy = () => store.copy("from", "to", { attributes: { contentType: "text/plain" } });
    await assertRejects(copy, UnsupportedError);
    await assertRejects(copy, UnsupportedError, "the service copies nothing by itself");
  });
});

Deno.test("copy() whose answer is lost is found by its mark, and no other object for it", async () => {
  for (const isOurs of [true, false]) {
    let mark = "";
    const source = told(5, { "x-ms-meta-ladecrc32c": STORED });
    const script = (asked: Asked) => {
      if (asked.method === "HEAD") {
        const own = { "x-ms-meta-ladecrc32c": isOurs ? mark : STORED, etag: '"0x9"' };
        return asked.path.endsWith("/from") ? source : told(5, own);
      }
      mark = asked.headers.get("x-ms-meta-ladecrc32c") ?? "";
      return failure(400, "InternalError");
    };
    await withStore(script, async (store, account) => {
      const copying = store.copy("from", "to", { ifNoneMatch: "*" });
      if (isOurs) assertEquals((await copying).etag, "0x9");
      else await assertRejects(() => copying, UnavailableError);
      assertEquals(account.requests.filter(isCopy).length, 1);
    });
  }
});

Deno.test("copy() whose answer is lost takes no pending copy of another program for its own", async () => {
  const id = { "x-ms-copy-id": "1", "x-ms-copy-status": "pending" };
  const pending: Record<string, Record<string, string>> = {
    ours: {},
    "another source": { "x-ms-copy-source": "https://x/account/box/other" },
    "the same source": { "x-ms-meta-ladecrc32c": `10P8Lg==.5.${"1".repeat(32)}` },
  };
  for (const [whose, theirs] of Object.entries(pending)) {
    let [begun, source] = [0, ""];
    const script = (asked: Asked) => {
      if (asked.method === "HEAD" && asked.path.endsWith("/from")) {
        return told(5, { "x-ms-meta-ladecrc32c": STORED });
      }
      if (asked.method === "HEAD") {
        const done = whose === "ours" ? { "x-ms-copy-status": "success" } : {};
        return told(5, { ...id, "x-ms-copy-source": source.split("?")[0] ?? "", ...theirs, ...done });
      }
      if (asked.headers.has("x-ms-blob-type") || asked.query.has("comp")) return REFUSED;
      source = asked.headers.get("x-ms-copy-source") ?? "";
      return begun++ === 0 ? failure(500, "InternalError") : failure(409, "PendingCopyOperation");
    };
    await withStore(script, async (store, account) => {
      if (whose === "ours") assertEquals((await store.copy("from", "to")).etag, "0x1");
      else await assertRejects(() => store.copy("from", "to"), ServiceError, "another copy", whose);
      assert(begun >= 2, "it was begun once");
      const changes = account.requests.filter(({ method, query }) =>
        method === "DELETE" || query.get("comp") === "copy"
      );
      assertEquals(changes.length, 0, "what is not ours is left alone");
    });
  }
});

Deno.test("copy() onto a key that is taken, and of a source that changed or is gone, is told so", async () => {
  const cases = [
    [failure(409, "BlobAlreadyExists"), AlreadyExistsError],
    [failure(412, "SourceConditionNotMet"), PreconditionFailedError],
  ] as const;
  for (const [answer, type] of cases) {
    await withStore(having(told(5), () => answer), async (store) => {
      const error = await assertRejects(() => store.copy("from", "to", { ifNoneMatch: "*" }), type);
      assertEquals(error.uri, `${store.uri}/${type === AlreadyExistsError ? "to" : "from"}`);
    });
  }
  await withStore(() => told(5), async (store, account) => {
    account.script = ({ method }) => {
      if (method !== "HEAD") return failure(404, "CannotVerifyCopySource");
      return account.requests.length === 1 ? told(5) : failure(404, "BlobNotFound");
    };
    const error = await assertRejects(() => store.copy("from", "to"), NotFoundError);
    assertEquals(error.uri, `${store.uri}/from`);
  });
});

Deno.test("a source that the service may not read is left to the service's own copy within an account", async () => {
  const refuse = failure(403, "CannotVerifyCopySource");
  const done: Answer = { status: 202, headers: { ...copyStatus("success").headers } };
  const answer = (asked: Asked) =>
    asked.query.has("comp") || asked.headers.has("x-ms-blob-type") ? refuse : done;
  await withStore(having(told(5), answer), async (store, account) => {
    assertEquals((await store.copy("from", "to")).etag, "0x1");
    await store.copy("from", "to");
    assertEquals(account.requests.filter(({ headers }) => headers.has("x-ms-blob-type")).length, 2);
  });
  await withStore(having(told(5), () => refuse), async (store) => {
    await assertRejects(() => store.copy("from", "to"), PermissionDeniedError);
  });
});

Deno.test("copyFrom() copies between containers, and gives undefined where the service cannot read the source", async () => {
  await withStore(having(told(5), () => MADE), async (store, account) => {
    await using other = account.open("other");
    const copied = await store.copyFrom?.(other, "from", "to");
    assertEquals(copied, { size: 5, etag: "0x2", sourceEtag: "0x1" });
    assertEquals(account.asked, ["HEAD /account/other/from", "PUT /account/box/to"]);
    account.script = having(told(5), () => failure(403, "CannotVerifyCopySource"));
    assertEquals(await store.copyFrom?.(other, "from", "to"), undefined);
    account.script = having(failure(404, "BlobNotFound"), () => MADE);
    const error = await assertRejects(async () => await store.copyFrom?.(other, "from", "to"), NotFoundError);
    assertEquals(error.uri, `${other.uri}/from`);
    await using elsewhere = new ScriptedAccount(() => MADE);
    await using foreign = elsewhere.open("box");
    assertEquals(await store.copyFrom?.(foreign, "from", "to"), undefined);
    assertEquals(elsewhere.requests.length, 0);
  });
});

Deno.test("copy() of a key whose URL the service does not take is an UnsupportedError before anything is asked", async () => {
  await withStore(having(told(5), () => MADE), async (store, account) => {
    const key = "鍵".repeat(300);
    account.script = (asked) => asked.method === "HEAD" ? told(5) : MADE;
    await assertRejects(() => store.copy(key, "to"), UnsupportedError, "2048 characters");
    assertEquals(account.requests.map(({ method }) => method), ["HEAD"]);
  });
});

Deno.test("no error of a copy shows the signature of its source", async () => {
  for (const answer of [failure(403, "CannotVerifyCopySource"), failure(400, "InvalidHeaderValue")]) {
    await withStore(having(told(5), () => answer), async (store) => {
      const error = await store.copy("from", "to").catch((error) => error);
      assert(!/sig=/.test(`${Deno.inspect(error)} ${JSON.stringify(error)}`), "the signature is shown");
    });
  }
});
