/**
 * The program of a lane: an isolate of its own that carries requests for the main one. Loaded by a `Worker`.
 *
 * @module
 */
import type { LaneCommand } from "./lane_messages.ts";
import { LaneServer, type Post } from "./lane_server.ts";

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<LaneCommand>) => void) | null;
  postMessage(message: unknown, transfer?: readonly Transferable[]): void;
};
const post: Post = (report, transfer = []) => scope.postMessage(report, transfer);
let server: LaneServer | undefined;

scope.onmessage = ({ data }) => {
  if (data.type !== "configure") return server?.handle(data);
  server = new LaneServer(data.config, post);
  post({ type: "ready" });
};
