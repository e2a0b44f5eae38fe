import { FormatError } from "../errors/format_error.ts";
import { JsonReader } from "./json_reader.ts";

/** What an index of several safetensors files says. */
export interface SafetensorsIndex {
  /** The file of each tensor, by its name beside the index. */
  readonly files: ReadonlyMap<string, string>;
  /** Bytes of all tensors together; absent where it does not say. */
  readonly totalSize?: number;
}

/** Reads the bytes of a `model.safetensors.index.json`. What is not as it has to be, or stands twice, is a `FormatError`. */
export function parseIndex(json: Uint8Array, uri: string): SafetensorsIndex {
  const fault = (detail: string) => new FormatError({ operation: "read safetensors index", uri, detail });
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(json);
  } catch {
    throw fault("it is not valid UTF-8");
  }
  const reader = new JsonReader(text, fault);
  const files = new Map<string, string>();
  let isThere = false;
  let totalSize: unknown;
  reader.object("the index", (field) => {
    if (field === "weight_map") {
      isThere = true;
      reader.object("weight_map", (name) => {
        const file = reader.string(`the file of tensor ${JSON.stringify(name)}`);
        if (!isBeside(file)) {
          throw reader.fault(`tensor ${JSON.stringify(name)} is said to lie in ${JSON.stringify(file)}`);
        }
        files.set(name, file);
      });
    } else {
      const value = reader.value(field);
      if (field === "metadata" && value instanceof Map) totalSize = value.get("total_size");
    }
  });
  reader.end();
  if (!isThere) throw fault("it has no weight_map");
  return { files, ...(typeof totalSize === "number" && { totalSize }) };
}

/** Writes an index, names in their order. */
export function formatIndex(files: ReadonlyMap<string, string>, totalSize: number): Uint8Array {
  const rows = Array.from(files, ([name, file]) => `    ${JSON.stringify(name)}: ${JSON.stringify(file)}`);
  const map = rows.length === 0 ? "{}" : `{\n${rows.join(",\n")}\n  }`;
  return new TextEncoder().encode(
    `{\n  "metadata": {\n    "total_size": ${totalSize}\n  },\n  "weight_map": ${map}\n}\n`,
  );
}

/** Whether a path names something beside the index or below, and not elsewhere. */
function isBeside(path: string): boolean {
  return path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}
