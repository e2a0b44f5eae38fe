import type { ArrowSchema } from "./arrow_field.ts";
import { FlatBuilder, number, reference } from "./flat_builder.ts";
import { type Block, MAGIC, TAIL } from "./read_footer.ts";
import { VERSION } from "./type_codes.ts";
import { writeSchema } from "./write_schema.ts";

/** What a file ends with: the footer, its length and the magic bytes. */
export function writeFooter(schema: ArrowSchema, batches: readonly Block[]): Uint8Array<ArrayBuffer> {
  const builder = new FlatBuilder();
  const numbers = batches.flatMap((
    { offset, metadataLength, bodyLength },
  ) => [offset, metadataLength, bodyLength]);
  const blocks = builder.structs(numbers, 3);
  const none = builder.structs([], 3);
  const schemaAt = writeSchema(builder, schema);
  const footer = builder.finish(
    builder.table([number(2, VERSION.V5), reference(schemaAt), reference(none), reference(blocks)]),
  );
  const bytes = new Uint8Array(footer.length + TAIL);
  bytes.set(footer);
  new DataView(bytes.buffer).setInt32(footer.length, footer.length, true);
  bytes.set(MAGIC, footer.length + 4);
  return bytes;
}
