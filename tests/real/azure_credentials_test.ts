import {
  AccountSASPermissions,
  AccountSASResourceTypes,
  AccountSASServices,
  generateAccountSASQueryParameters,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { createStoreContext, getBytes, PermissionDeniedError, UnauthenticatedError } from "@lade/core";
import { AzureStore } from "../../packages/azure/store/azure_store.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import type { AzureCredential } from "@lade/azure";
import { AZURITE, clientOf, openNewContainer } from "./azurite.ts";
import { whereInstalled } from "./where_installed.ts";

const HOUR = 3_600_000;
const KEYS = ["a", "a b+c%20&=?#", "dir/ä漢😀", "~!*'()", "a//b"];

const bytes = (text: string) => new TextEncoder().encode(text);

whereInstalled(AZURITE, (server) => {
  /** A signature of the account for blobs. */
  const signature = (permissions: string, expiresOn = new Date(Date.now() + HOUR)) => {
    const { account, key } = server();
    const values = {
      permissions: AccountSASPermissions.parse(permissions),
      resourceTypes: AccountSASResourceTypes.parse("co").toString(),
      services: AccountSASServices.parse("b").toString(),
      expiresOn,
    };
    return generateAccountSASQueryParameters(values, new StorageSharedKeyCredential(account, key)).toString();
  };

  /** Writes, lists, reads and deletes keys that are not easily signed. */
  const exercise = async (credential: AzureCredential) => {
    const opened = await openNewContainer(server(), { credential });
    await using _ = opened;
    const { store } = opened;
    for (const key of KEYS) await store.put(key, bytes(key), { metadata: { a_b: "1", a1: "2", a: " x" } });
    const found = await Array.fromAsync(store.list(""), ({ key }) => key);
    assertEquals(found.sort(), [...KEYS].sort());
    for (const key of KEYS) {
      assertEquals(new TextDecoder().decode((await getBytes(store, key)).bytes), key);
      await store.delete(key);
    }
  };

  Deno.test("a key of the account signs every call as Azurite has it", async () => {
    const { account, key } = server();
    await exercise({ kind: "sharedKey", account, key });
  });

  Deno.test("a shared access signature authorizes every call that it permits", async () => {
    await exercise({ kind: "sas", token: signature("rwdlc") });
    await exercise({ kind: "sas", token: `?${signature("rwdlc")}` });
  });

  Deno.test("a signature that ended or lacks a permission is refused, and is not shown", async () => {
    const ended = signature("rwdl", new Date(Date.now() - HOUR));
    const refused = [
      [signature("l"), PermissionDeniedError, "lacks the permission to"],
      [ended, UnauthenticatedError, "expired 60 min ago"],
    ] as const;
    for (const [token, Refusal, words] of refused) {
      await using opened = await openNewContainer(server(), { credential: { kind: "sas", token } });
      const put = () => opened.store.put("k", bytes("x"));
      const error = await assertRejects<Error>(put, Refusal, words);
      const sig = new URLSearchParams(token).get("sig") ?? "";
      for (const secret of [sig, encodeURIComponent(sig)]) {
        assert(!Deno.inspect(error, { depth: 20 }).includes(secret), "the signature is shown");
      }
    }
  });

  Deno.test("a wrong key is refused, and is not shown", async () => {
    const key = btoa("s3cret".repeat(10));
    const credential: AzureCredential = { kind: "sharedKey", account: server().account, key };
    await using opened = await openNewContainer(server(), { credential });
    // Azurite calls it AuthorizationFailure, and the service AuthenticationFailed.
    const error = await assertRejects(() => opened.store.head("k"), PermissionDeniedError);
    assert(!Deno.inspect(error, { depth: 20 }).includes(key), "the key is shown");
  });

  Deno.test("anonymous requests read what is public, and write nothing", async () => {
    const opened = await openNewContainer(server(), { credential: { kind: "anonymous" } });
    await using _ = opened;
    const { container, store } = opened;
    await container.setAccessPolicy("container");
    await clientOf(server()).getContainerClient(container.containerName).uploadBlockBlob("k", "x", 1);
    assertEquals((await getBytes(store, "k")).bytes, bytes("x"));
    assertEquals(await Array.fromAsync(store.list(""), ({ key }) => key), ["k"]);
    await assertRejects(() => store.put("k", bytes("y")), UnauthenticatedError, "anonymous requests");
  });

  Deno.test("the root container is signed, and read by URLs, as any other", async () => {
    const { account, key, url } = server();
    await clientOf(server()).getContainerClient("$root").createIfNotExists();
    await using store = new AzureStore("$root", {
      endpoint: { url, account, path: `/${account}` },
      credential: { kind: "sharedKey", account, key },
      context: createStoreContext(),
    });
    await store.put("a b", bytes("x"));
    assertEquals(await Array.fromAsync(store.list(""), (each) => each.key), ["a b"]);
    const signed = await store.presign("a b", { expiresInMs: HOUR });
    assertEquals(await (await fetch(signed)).text(), "x");
    await store.delete("a b");
  });

  Deno.test("headers of the content are signed in the order of the reference", async () => {
    const { account, key } = server();
    await using opened = await openNewContainer(server(), {
      credential: { kind: "sharedKey", account, key },
    });
    const { target } = opened.store as unknown as {
      target: import("../../packages/azure/client/azure_target.ts").AzureTarget;
    };
    const headers = {
      "content-encoding": "x",
      "content-language": "de",
      "content-type": "a/b",
      "x-ms-blob-type": "BlockBlob",
    };
    const path = `/${account}/${target.container}/k`;
    const call = { operation: "put", uri: "az://k" };
    const answer = await target.client.send({
      method: "PUT",
      path,
      headers,
      body: bytes("x"),
      kind: "write",
      call,
    });
    assertEquals(answer.status, 201);
    await answer.body.discard();
  });
});
