import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findEngine, locateEngine } from "../../tools/engine";
import { goBuild } from "../../tools/go-engine/build";
import { engineVersion } from "../../tools/engine/locate";
import { until } from "../support/until";

/** Executables that say what a real one would say, so that the search is seen without a real engine. */
describe("finding a Pulumi engine", () => {
  let root: string;
  let env: NodeJS.ProcessEnv;
  let lines: string[];
  const log = (line: string) => lines.push(line);
  const cache = () => join(root, "home", "versions", engineVersion);
  const pulumi = (version: string) => `#!/bin/sh\necho v${version}\n`;
  /** A `go` that "builds" into the folder after -o. */
  const go = `#!/bin/sh
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\\necho v${engineVersion}\\n' > "$2/pulumi" && chmod +x "$2/pulumi"\n`;

  async function executable(path: string, text: string): Promise<string> {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    await chmod(file, 0o755);
    return file;
  }

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "engine-test-"));
    env = { PATH: `${join(root, "bin")}:/usr/bin:/bin`, PULUMI_HOME: join(root, "home") };
    lines = [];
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it("takes a pulumi on PATH that is new enough, before the cache folder", async () => {
    const command = await executable("bin/pulumi", pulumi("3.300.1"));
    await executable(`home/versions/${engineVersion}/bin/pulumi`, pulumi(engineVersion));
    assert.deepEqual(await locateEngine({ env }), {
      command,
      version: "3.300.1",
      source: "PATH",
      languageHost: false,
      yamlHost: false,
    });
  });

  it("passes over a pulumi on PATH that is too old, and says so", async () => {
    const old = await executable("bin/pulumi", pulumi("3.200.0"));
    assert.equal(await locateEngine({ env, log }), undefined);
    assert.deepEqual(lines, [`Not ${old}: its version 3.200.0 is not 3.254.0 or a later 3.x.`]);
  });

  it("never runs the npm package's pulumi, which would download", async () => {
    const ran = join(root, "ran");
    const shim = await executable("node_modules/.bin/pulumi", `#!/bin/sh\ntouch ${ran}\necho v3.300.0\n`);
    assert.equal(await locateEngine({ env: { ...env, PATH: dirname(shim) } }), undefined);
    assert.ok(!(await readdir(root)).includes("ran"));
  });

  it("takes the cache folder's, and sees the language host beside it", async () => {
    const command = await executable(`home/versions/${engineVersion}/bin/pulumi`, pulumi(engineVersion));
    await executable(`home/versions/${engineVersion}/bin/pulumi-language-nodejs`, "#!/bin/sh\n");
    assert.deepEqual(await locateEngine({ env }), {
      command,
      version: engineVersion,
      source: "cache",
      languageHost: true,
      yamlHost: false,
    });
  });

  it("builds with Go where nothing is there and the download fails", async () => {
    await executable("bin/go", go);
    const offline = { ...env, NODE_OPTIONS: `--require=${await noNetwork()}` };
    const engine = await findEngine({ env: offline, log });
    assert.equal(engine.source, "Go build");
    assert.deepEqual((await readdir(join(cache(), "bin"))).sort(), [
      "pulumi",
      "pulumi-analyzer-policy-nodejs",
      "pulumi-resource-pulumi-nodejs",
    ]);
    assert.match(lines[1] ?? "", /^The download failed: Failed to download .*: no network$/);
  });

  it("names the four ways where none works, one line for each that failed", async () => {
    const offline = { ...env, NODE_OPTIONS: `--require=${await noNetwork()}`, PATH: "/nowhere" };
    await assert.rejects(
      findEngine({ env: offline, log }),
      /PATH[^]*bin\/pulumi[^]*get\.pulumi\.com[^]*install Go/,
    );
    assert.equal(lines.at(-1), "The Go build failed: spawn go ENOENT");
    assert.equal(lines.length, 4);
  });

  it("leaves nothing of a build that failed, and replaces what was half there", async () => {
    await executable("bin/go", "#!/bin/sh\necho first >&2; echo no space left >&2; exit 1\n");
    await executable(`home/versions/${engineVersion}/bin/half`, "");
    await assert.rejects(goBuild({ env, log }), /^Error: The Go build failed: no space left$/);
    assert.deepEqual(await readdir(join(root, "home", "versions")), [engineVersion]);
    await executable("bin/go", go);
    await goBuild({ env, log });
    assert.ok(!(await readdir(join(cache(), "bin"))).includes("half"));
  });

  it("leaves nothing of a build that was interrupted", async () => {
    const started = join(root, "started");
    await executable("bin/go", `#!/bin/sh\ntouch ${started}; sleep 60\n`);
    const interruption = new AbortController();
    const building = goBuild({ env, log, signal: interruption.signal });
    void until(() => existsSync(started)).then(() => interruption.abort());
    await assert.rejects(building, /^Error: The Go build failed: go was interrupted$/);
    assert.deepEqual(await readdir(join(root, "home", "versions")), []);
  });

  it("lets several builds at once end well, and replaces what was half there", async () => {
    await executable("bin/go", go);
    await executable(`home/versions/${engineVersion}/bin/half`, "");
    const engines = await Promise.all(Array.from({ length: 8 }, () => goBuild({ env, log })));
    assert.deepEqual(
      engines.map(({ command }) => command),
      engines.map(() => join(cache(), "bin", "pulumi")),
    );
    assert.deepEqual(await readdir(join(root, "home", "versions")), [engineVersion]);
    assert.ok(await locateEngine({ env }));
  });

  function noNetwork(): Promise<string> {
    return executable(
      "no-network.cjs",
      'globalThis.fetch = () => Promise.reject(new Error("no network"));\n',
    );
  }
});
