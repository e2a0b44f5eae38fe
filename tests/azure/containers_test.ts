import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  AlreadyExistsError,
  createStoreContext,
  NotEmptyError,
  NotFoundError,
  PreconditionFailedError,
  StoreError,
  UnavailableError,
} from "@lade/core";
import { FakeClock } from "@lade/testing";
import { FOREIGN_ANSWERS } from "@lade/testing/service";
import type { AzureTarget } from "../../packages/azure/client/azure_target.ts";
import {
  createContainer,
  deleteContainer,
  listContainers,
} from "../../packages/azure/containers/containers.ts";
import { AzureStore } from "../../packages/azure/store/azure_store.ts";
import { type Answer, type Asked, failure, ScriptedAccount } from "./scripted_account.ts";

const TIME = "Sat, 28 Nov 2026 08:00:00 GMT";
const MADE: Answer = { status: 201, headers: { etag: '"0x1"', "last-modified": TIME } };
const LOOKED: Answer = { ...MADE, status: 200 };

function blobs(entries: string, next = ""): Answer {
  const body = `<?xml version="1.0"?><EnumerationResults><Blobs>${entries}</Blobs>` +
    `<NextMarker>${next}</NextMarker></EnumerationResults>`;
  return { status: 200, headers: { "content-type": "application/xml" }, body };
}

function blob(name: string, more = "", properties = "<Etag>0x1</Etag>"): string {
  return `<Blob><Name>${name}</Name>${more}<Properties>${properties}</Properties></Blob>`;
}

/** Answers a deletion's requests; the listing as is given. */
function holding(list: (asked: Asked) => Answer): (asked: Asked) => Answer {
  return (asked) => {
    if (asked.method === "DELETE") return { status: 202 };
    return asked.query.get("comp") === "list" ? list(asked) : LOOKED;
  };
}

/** The container of an account; the network's time goes on as it is, whatever clock is given. */
function targetOf(account: ScriptedAccount, clock?: FakeClock): AzureTarget {
  const { clock: time } = createStoreContext();
  const store = account.open("box", clock && createStoreContext({ clock }), { clock: time });
  assert(store instanceof AzureStore);
  return store.target;
}

Deno.test("createContainer() makes one that is private, signed by us for our version", async () => {
  await using account = new ScriptedAccount(() => MADE);
  const target = targetOf(account);
  await createContainer(target);
  assertEquals(account.asked, ["PUT /account/box?container"]);
  const { headers } = account.requests[0] as Asked;
  assertEquals(headers.get("x-ms-blob-public-access"), null);
  assertEquals(headers.get("x-ms-version"), "2026-02-06");
  assertStringIncludes(headers.get("authorization") ?? "", "SharedKey account:");
  assert(!headers.get("user-agent")?.includes("azsdk"), "the SDK names itself and the system");
  await target.client.close();
});

Deno.test("calls on containers say which right they lack, and do not end the process", async () => {
  const script = `
    import { azureProvider } from "@lade/azure";
    const config = { connectionString: "AccountName=abc;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:1/abc" };
    const provider = azureProvider();
    const { container } = provider.parse("az://box", config);
    await provider.createContainer(container, { config }).catch((error) => console.log(error.name, error.message));
  `;
  const run = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-check", "--allow-env", "--allow-net=127.0.0.1", "--allow-read", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = run.stdin.getWriter();
  await writer.write(new TextEncoder().encode(script));
  await writer.close();
  const { code, stdout, stderr } = await run.output();
  const told = new TextDecoder().decode(stdout);
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  assertStringIncludes(told, "PermissionDeniedError");
  assertStringIncludes(told, "--allow-sys=osRelease");
});

Deno.test("createContainer() of one that exists is an AlreadyExistsError", async () => {
  await using account = new ScriptedAccount(() => failure(409, "ContainerAlreadyExists"));
  const target = targetOf(account);
  await assertRejects(() => createContainer(target), AlreadyExistsError, "the container exists already");
  assertEquals(account.requests.length, 1);
  await target.client.close();
});

Deno.test("createContainer() waits for one of its name to be gone, and no longer than a call may take", async () => {
  let gone = false;
  await using account = new ScriptedAccount(() => gone ? MADE : failure(409, "ContainerBeingDeleted"));
  const clock = new FakeClock();
  const target = targetOf(account, clock);
  const drive = async (making: Promise<unknown>) => {
    let done = false;
    making.catch(() => {}).finally(() => done = true);
    while (!done) {
      await new Promise((resolve) => setTimeout(resolve));
      if (clock.pending > 0) await clock.advance(1_000);
    }
  };
  const first = createContainer(target);
  const freed = account.script;
  account.script = (asked) => {
    gone = account.requests.length > 3;
    return freed(asked);
  };
  await drive(first);
  await first;
  assertEquals(account.requests.length, 4);
  account.script = () => failure(409, "ContainerBeingDeleted");
  const start = clock.monotonicMs();
  const second = createContainer(target);
  await drive(second);
  await assertRejects(() => second, UnavailableError, "being deleted");
  assert(clock.monotonicMs() - start < 300_000, `it waited ${clock.monotonicMs() - start} ms`);
  await target.client.close();
});

Deno.test("deleteContainer() deletes one that holds nothing, while it is the one that was looked at", async () => {
  await using account = new ScriptedAccount(holding(() => blobs("")));
  const target = targetOf(account);
  await deleteContainer(target);
  assertEquals(account.asked, [
    "GET /account/box?container",
    "GET /account/box?list,container",
    "DELETE /account/box?container",
  ]);
  const [, list, removal] = account.requests;
  assertEquals(list?.query.get("include"), "snapshots,versions,uncommittedblobs");
  assertEquals(removal?.headers.get("if-unmodified-since"), TIME);
  account.script = holding(() => blobs(""));
  const answer = account.script;
  account.script = (asked) => asked.method === "DELETE" ? failure(412, "ConditionNotMet") : answer(asked);
  await assertRejects(() => deleteContainer(target), PreconditionFailedError);
  await target.client.close();
});

const HELD: Readonly<Record<string, readonly [entry: string, told: string]>> = {
  "an object": [blob("a/b"), 'holds the object "a/b"'],
  "a snapshot": [blob("a", "<Snapshot>2026-11-28T08:00:00.0000000Z</Snapshot>"), 'a snapshot of "a"'],
  "a version of an object that is gone": [
    blob("a", "<VersionId>2026</VersionId>"),
    'an earlier version of "a"',
  ],
  "blocks of no object": [blob("a", "", ""), 'blocks of "a"'],
};
for (const [what, [entry, told]] of Object.entries(HELD)) {
  Deno.test(`deleteContainer() deletes none that holds ${what}, on a later page too`, async () => {
    const list = ({ query }: Asked) => query.has("marker") ? blobs(entry) : blobs("", "next");
    await using account = new ScriptedAccount(holding(list));
    const target = targetOf(account);
    const error = await assertRejects(() => deleteContainer(target), NotEmptyError);
    assertStringIncludes(error.message, told);
    assert(account.requests.every(({ method }) => method === "GET"), "it was deleted");
    await target.client.close();
  });
}

Deno.test("deleteContainer() tells blocks of no object from an object where they have an etag, too", async () => {
  const list = ({ query }: Asked) => blobs(query.has("include") ? blob("a", "") : "");
  await using account = new ScriptedAccount(holding(list));
  const target = targetOf(account);
  const error = await assertRejects(() => deleteContainer(target), NotEmptyError, 'blocks of "a"');
  assertStringIncludes(error.message, "put an object there and delete it");
  assert(account.requests.every(({ method }) => method === "GET"), "it was deleted");
  await target.client.close();
});

Deno.test("deleteContainer() takes directories for nothing, where the service lists no versions", async () => {
  const directory = blob("dir", "", "<ResourceType>directory</ResourceType><Etag>0x1</Etag>");
  await using account = new ScriptedAccount(
    holding(({ query }) =>
      query.has("include") ? failure(400, "InvalidQueryParameterValue") : blobs(directory)
    ),
  );
  const target = targetOf(account);
  await deleteContainer(target);
  assertEquals(account.asked.at(-1), "DELETE /account/box?container");
  await target.client.close();
});

Deno.test("deleteContainer() of a missing one is a NotFoundError", async () => {
  await using account = new ScriptedAccount(() => failure(404, "ContainerNotFound"));
  const target = targetOf(account);
  await assertRejects(() => deleteContainer(target), NotFoundError, "no such container");
  await target.client.close();
});

function containers(names: readonly string[], next = ""): Answer {
  const entries = names.map((name) =>
    `<Container><Name>${name}</Name><Properties><Last-Modified>${TIME}</Last-Modified><Etag>"1"</Etag></Properties></Container>`
  );
  return {
    status: 200,
    headers: { "content-type": "application/xml" },
    body: `<?xml version="1.0"?><EnumerationResults ServiceEndpoint="x"><Containers>${
      entries.join("")
    }</Containers><NextMarker>${next}</NextMarker></EnumerationResults>`,
  };
}

Deno.test("listContainers() lists page after page, each name once, and comes to an end", async () => {
  await using account = new ScriptedAccount(({ query }) =>
    query.get("marker") === "b" ? containers(["b", "c"]) : containers(["a", "b"], "b")
  );
  const target = targetOf(account);
  assertEquals(await Array.fromAsync(listContainers(target)), ["a", "b", "c"]);
  account.script = () => containers([]);
  assertEquals(await Array.fromAsync(listContainers(target)), []);
  account.script = () => containers(["a"], "same");
  await assertRejects(() => Array.fromAsync(listContainers(target)), StoreError, "does not end");
  await target.client.close();
});

const CALLS = {
  createContainer: (target: AzureTarget) => createContainer(target),
  deleteContainer: (target: AzureTarget) => deleteContainer(target),
  listContainers: (target: AzureTarget) => Array.fromAsync(listContainers(target)),
};
for (const [name, run] of Object.entries(CALLS)) {
  for (const shown of [false, true]) {
    const after = shown ? "after answers of the service" : "as the first answer";
    Deno.test(`${name}() takes no answer of somebody else for the service's, ${after}`, async () => {
      await using account = new ScriptedAccount(() => LOOKED);
      for (const [what, answer] of Object.entries(FOREIGN_ANSWERS)) {
        const target = targetOf(account);
        account.script = holding(() => blobs(""));
        if (shown) await Array.fromAsync(listContainers({ ...target })).catch(() => {});
        account.script = () => ({ ...answer, foreign: true });
        const error = await assertRejects(() => run(target), StoreError, undefined, what);
        assert(!(error instanceof NotFoundError), `${what} decides that there is none`);
        await target.client.close();
      }
    });
  }
}

Deno.test("a call ends with the reason of its signal", async () => {
  const controller = new AbortController();
  const reason = new Error("stop");
  await using account = new ScriptedAccount(async () => {
    controller.abort(reason);
    await new Promise((resolve) => setTimeout(resolve));
    return MADE;
  });
  const target = targetOf(account);
  const making = createContainer(target, controller.signal);
  assertEquals(await making.catch((error) => error), reason);
  await target.client.close();
});
