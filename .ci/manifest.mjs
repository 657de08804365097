// Checks manifests for Kubernetes against the types of the API, which the package kubernetes-types has from the API's own
// OpenAPI document: unknown fields, missing ones, and values of a wrong type. Then that every image has the version, and
// that every Service and PodDisruptionBudget finds the pods of the Deployment and no others.
//   node .ci/manifest.mjs VERSION FILE...
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadAll } from "js-yaml";

const here = dirname(fileURLToPath(import.meta.url));
const [version, ...files] = process.argv.slice(2);
const objects = files.flatMap((file) => loadAll(readFileSync(file, "utf8")));

const work = mkdtempSync(join(here, "node_modules", ".manifest-"));
try {
  // Literals, in which TypeScript also finds the fields that a type doesn't have.
  const sources = objects.map(
    (object, i) => `import type { ${object.kind} as Type${i} } from "kubernetes-types/${object.apiVersion.replace(/^v1$/, "core/v1")}";
export const object${i}: Type${i} = ${JSON.stringify(object, null, 2)};`,
  );
  const file = join(work, "manifest.ts");
  writeFileSync(file, sources.join("\n"));
  execFileSync(join(here, "node_modules/.bin/tsc"), ["--noEmit", "--strict", "--skipLibCheck", "--moduleResolution", "bundler",
    "--module", "esnext", file], { stdio: "inherit" });
} finally {
  rmSync(work, { recursive: true });
}

const workloads = objects.filter((object) => object.spec.template);
for (const { kind, spec } of workloads) {
  for (const container of spec.template.spec.containers) {
    assert.equal(container.image.split(":")[1], version, `the version of the image of ${kind} ${container.name}`);
  }
}
const finders = objects.filter((object) => !object.spec.template);
for (const { kind, metadata, spec } of finders) {
  const selector = Object.entries(spec.selector.matchLabels ?? spec.selector);
  const found = workloads.filter(({ spec: { template } }) =>
    selector.every(([label, value]) => template.metadata.labels[label] === value));
  assert.deepEqual(found.map((object) => object.kind), ["Deployment"], `what ${kind} ${metadata.name} finds`);
}
console.log(`${objects.length} objects: ${objects.map((object) => object.kind).join(", ")}`);
