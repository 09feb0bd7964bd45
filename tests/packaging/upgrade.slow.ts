import assert from "node:assert/strict";
import { copyFile } from "node:fs/promises";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describeWithEngine } from "../support/with-engine";
import { steps } from "../support/encryption-stack";
import { deployed } from "../fixtures/state/deployed";
import { rules } from "../fixtures/state/stack";

const states = join(__dirname, "../fixtures/state");
const files = readdirSync(states).filter((name) => name.endsWith(".json"));
assert.notEqual(files.length, 0);

describeWithEngine("the state that an earlier version left", (engine) => {
  for (const file of files) {
    it(`the state of ${file} shows no change, takes an update, and can be destroyed`, async () => {
      await using stack = await deployed(engine());
      const { emulator, project } = stack;
      await copyFile(join(states, file), join(project.folder, "state.json"));
      const imported = await project.pulumi(["stack", "import", "--file", "state.json"]);
      assert.equal(imported.code, 0, imported.stderr);

      const same = await project.preview(["--refresh", "--expect-no-changes"]);
      assert.equal(same.code, 0, same.stdout + same.stderr);

      emulator.setEncryption("data", { SSEAlgorithm: "AES256" });
      const algorithm = ["--config", "project:algorithm=SM4"];
      const update = await project.up(["--refresh", ...algorithm]);
      assert.equal(update.code, 0, update.stdout + update.stderr);
      const changed = Object.entries(steps(update)).filter(([, step]) => step !== "refresh");
      assert.deepEqual(Object.fromEntries(changed), { logs: "update", data: "update" });
      assert.deepEqual(emulator.encryption("data"), rules.data);
      assert.deepEqual(emulator.encryption("logs"), { SSEAlgorithm: "SM4" });

      const destroy = await project.destroy();
      assert.equal(destroy.code, 0, destroy.stdout + destroy.stderr);
      assert.deepEqual(
        emulator.buckets.map((bucket) => emulator.encryption(bucket)),
        Object.keys(rules).map(() => undefined),
      );
    });
  }
});
