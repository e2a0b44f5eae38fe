// Stands in for `@std/assert` where JSR cannot be reached: the same names and semantics over `node:assert/strict`.
