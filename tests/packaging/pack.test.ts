import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../tools/run";
import { pack, packages } from "../../tools/pack";
import { repository } from "../support/repository";

/** What each package holds besides its code, package.json, README.md and LICENSE. */
const others: Record<(typeof packages)[number], string[]> = {
  provider: ["bin/pulumi-resource-oss-encryption"],
  emulator: ["bin/oss-emulator.js"],
  policy: [
    "PulumiPolicy.yaml",
    "presets/baseline.json",
    "presets/customer-managed-key.json",
    "presets/kms.json",
  ],
  cli: ["bin/oss-encryption.js"],
};

interface Manifest {
  name: string;
  license?: string;
  engines?: { node?: string };
  keywords?: string[];
  main?: string;
  exports?: Record<string, string>;
  bin?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

describe("a published package", () => {
  for (const folder of packages) {
    const manifest = JSON.parse(readFileSync(join(repository, folder, "package.json"), "utf8")) as Manifest;

    it(`${manifest.name} holds its sources, what they compile to, and nothing else`, async () => {
      const { files } = await pack(folder);
      const sources = readdirSync(join(repository, folder, "src"), { recursive: true, encoding: "utf8" })
        .filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"))
        .map((path) => path.slice(0, -".ts".length));
      const compiled = [".js", ".js.map", ".d.ts", ".d.ts.map"];
      const expected = [
        "package.json",
        "README.md",
        "LICENSE",
        ...others[folder],
        ...(folder === "provider" ? ["src/oss/sign-utils.d.ts"] : []),
        ...sources.flatMap((path) => [`src/${path}.ts`, ...compiled.map((end) => `dist/${path}${end}`)]),
      ];
      // tsc leaves what it made of sources that are gone; a release is packed from a fresh checkout.
      const isLeftover = (path: string) =>
        path.startsWith("dist/") &&
        !sources.includes(path.slice("dist/".length).replace(/(\.d)?\.[jt]s(\.map)?$/, ""));
      const packed = files.map(({ path }) => path).filter((path) => !isLeftover(path));
      assert.deepEqual(packed.sort(), expected.sort());
    });

    it(`${manifest.name} says for whom it is, and points to files that it holds`, async () => {
      assert.equal(manifest.license, "Apache-2.0");
      assert.equal(manifest.engines?.node, ">=20.19");
      for (const keyword of ["alibaba cloud", "aliyun", "oss", "encryption"]) {
        assert(manifest.keywords?.includes(keyword), keyword);
      }
      const { files } = await pack(folder);
      const { main, exports = {}, bin = {} } = manifest;
      for (const target of [main, ...Object.values(exports), ...Object.values(bin)]) {
        if (target === undefined || target.includes("*")) continue;
        const path = target.replace(/^\.\//, "");
        assert(
          files.some((file) => file.path === path),
          path,
        );
      }
    });
  }

  for (const entry of ["pulumi-oss-encryption", "pulumi-oss-encryption/oss", "oss-emulator"]) {
    it(`${entry} gives the same names to require and to import`, async () => {
      const names = `console.log(JSON.stringify(Object.keys(entry).filter((name) => /^[a-z]\\w+$/i.test(name) && name !== "default").sort()))`;
      const ask = async (type: string, load: string) => {
        const args = [`--input-type=${type}`, "--eval", `${load}; ${names}`];
        const { stdout, stderr } = await run(process.execPath, args, { cwd: repository });
        assert.equal(stderr, "");
        return JSON.parse(stdout) as string[];
      };
      const required = await ask("commonjs", `const entry = require("${entry}")`);
      assert(required.length > 2);
      assert.deepEqual(await ask("module", `import * as entry from "${entry}"`), required);
    });
  }

  it("pulumi-oss-encryption leaves the choice of the Pulumi SDK to the program", () => {
    const text = readFileSync(join(repository, "provider/package.json"), "utf8");
    assert.deepEqual((JSON.parse(text) as Manifest).peerDependencies, { "@pulumi/pulumi": "^3.216.0" });
  });
});
