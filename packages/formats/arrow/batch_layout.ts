import type { ArrowField } from "./arrow_field.ts";
import type { BatchHeader } from "./batch_header.ts";

/** Where a column begins among the nodes, the buffers and the counts of view buffers of a batch. */
export interface LayoutPlace {
  /** Its node. */
  readonly node: number;
  /** Its first buffer. */
  readonly buffer: number;
  /** Its count of view buffers, where it has one. */
  readonly view: number;
}

/** Where a field begins, and where the next one does. */
export interface FieldPlace {
  /** The field. */
  readonly field: ArrowField;
  /** Where it begins. */
  readonly start: LayoutPlace;
  /** Where the one behind it does. */
  readonly end: LayoutPlace;
}

/** Where each column of a batch begins. A batch that has other numbers of parts than its schema asks for is an error. */
export function layOut(fields: readonly ArrowField[], header: BatchHeader): FieldPlace[] {
  let place: LayoutPlace = { node: 0, buffer: 0, view: 0 };
  const places = fields.map((field) => {
    const start = place;
    place = passField(field, start, header);
    return { field, start, end: place };
  });
  const { nodes, buffers, views, fault } = header;
  if (place.node !== nodes.length || place.buffer !== buffers.length || place.view !== views.length) {
    throw fault(
      `it has ${nodes.length} columns of ${buffers.length} buffers, and its schema asks for ${place.node} of ` +
        `${place.buffer}`,
    );
  }
  return places;
}

/** Where the columns below a field begin. */
export function placesBelow({ field, start }: Omit<FieldPlace, "end">, header: BatchHeader): FieldPlace[] {
  let place: LayoutPlace = {
    node: start.node + 1,
    buffer: start.buffer + ownBuffers(field),
    view: start.view,
  };
  return field.children.map((child) => {
    const begin = place;
    place = passField(child, begin, header);
    return { field: child, start: begin, end: place };
  });
}

/** Where what follows a field begins. Reads no more of the header than is there. */
function passField(field: ArrowField, { node, buffer, view }: LayoutPlace, header: BatchHeader): LayoutPlace {
  if (field.dictionary) return { node: node + 1, buffer: buffer + 2, view };
  if (field.storage.kind === "views") {
    return { node: node + 1, buffer: buffer + 2 + (header.views[view] ?? 0), view: view + 1 };
  }
  let place = { node: node + 1, buffer: buffer + ownBuffers(field), view };
  for (const child of field.children) place = passField(child, place, header);
  return place;
}

/** The buffers that a column has itself. */
function ownBuffers({ storage: { kind } }: ArrowField): number {
  switch (kind) {
    case "null":
      return 0;
    case "struct":
    case "fixed-list":
      return 1;
    case "bytes":
      return 3;
    default:
      return 2;
  }
}
