import type { PlaceReader } from "@lade/core/seams";
import type { crc32cOfPosted } from "@lade/codec/checksum";
import type { ReaderMessage, ReaderRead, ReaderReply } from "./reader_messages.ts";

/** A reader's own global object, as far as its program uses it. */
export interface ReaderScope {
  onmessage: ((event: { readonly data: ReaderMessage }) => void) | null;
  postMessage(reply: ReaderReply, transfer?: Transferable[]): void;
}

/**
 * What a reader runs. Its text is sent to the thread, so it uses nothing from outside but its parameters. It decides nothing:
 * what is not read without question is left to who asked, errors among it.
 */
export function readerProgram(
  scope: ReaderScope,
  readPlace: PlaceReader,
  makeChecksum: typeof crc32cOfPosted,
): void {
  let checksumOf: ReturnType<typeof makeChecksum> | undefined;
  scope.onmessage = ({ data }) => {
    if ("kernel" in data) {
      try {
        checksumOf = makeChecksum(data.kernel);
      } catch {
        // Who asked takes them, then.
      }
      return;
    }
    const { id, buffer, reads: text, limitMs } = data;
    const reads: readonly ReaderRead[] = JSON.parse(text);
    const began = performance.now();
    let now = began;
    const ms = new Float64Array(reads.length).fill(-1);
    const checksums = ms.slice();
    for (const [which, { place, etag, size, offset, length, start, checked }] of reads.entries()) {
      if (now - began > limitMs) break;
      if (place === undefined || etag === undefined) continue;
      const before = now;
      try {
        const target = new Uint8Array(buffer, start, length);
        const found = readPlace(place, etag, offset, target);
        now = performance.now();
        if (found === undefined || found !== (size ?? found)) continue;
        ms[which] = now - before;
        if (!checked || !checksumOf) continue;
        checksums[which] = checksumOf(target.subarray(checked.from, checked.to));
        now = performance.now();
      } catch {
        // Who asked finds it, too.
      }
    }
    scope.postMessage({ type: "read", id, buffer, ms, checksums }, [buffer]);
  };
  scope.postMessage({ type: "ready" });
}
