import { conformance } from "@lade/testing/conformance";
import { serviceFaults } from "@lade/testing/service";
import { startDepot } from "./start_depot.ts";

conformance("a depot", () => startDepot({ context: {}, transport: {}, partSize: 1024 }), Deno.test);

serviceFaults("a depot", {
  start: startDepot,
  operations: {
    read: "GET objects",
    head: "HEAD objects",
    write: "PUT objects",
    begin: "POST uploads",
    writePart: "PUT parts",
    commit: "POST commits",
    drop: "DELETE uploads",
    list: "GET list",
    delete: "DELETE objects",
    deleteBatch: "POST deletions",
    copy: "PUT copies",
  },
}, Deno.test);
