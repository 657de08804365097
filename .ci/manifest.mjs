// Checks a manifest for Kubernetes against the types of the API, which the package kubernetes-types has from the API's own
// OpenAPI document: unknown fields, missing ones, and values of a wrong type.
//   node .ci/manifest.mjs FILE
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadAll } from "js-yaml";

const here = dirname(fileURLToPath(import.meta.url));
const work = mkdtempSync(join(here, "node_modules", ".manifest-"));
try {
  const objects = loadAll(readFileSync(process.argv[2], "utf8"));
  // Literals, in which TypeScript also finds the fields that a type doesn't have.
  const sources = objects.map(
    (object, i) => `import type { ${object.kind} as Type${i} } from "kubernetes-types/${object.apiVersion.replace(/^v1$/, "core/v1")}";
export const object${i}: Type${i} = ${JSON.stringify(object, null, 2)};`,
  );
  const file = join(work, "manifest.ts");
  writeFileSync(file, sources.join("\n"));
  execFileSync(join(here, "node_modules/.bin/tsc"), ["--noEmit", "--strict", "--skipLibCheck", "--moduleResolution", "bundler",
    "--module", "esnext", file], { stdio: "inherit" });
  console.log(`${objects.length} objects: ${objects.map((o) => o.kind).join(", ")}`);
} finally {
  rmSync(work, { recursive: true });
}
