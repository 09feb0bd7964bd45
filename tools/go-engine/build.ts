import { chmod, copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type InstallOptions, lastLine, putInPlace } from "../engine/install";
import { type Engine, engineVersion } from "../engine/locate";
import { run } from "../run";

/**
 * What a machine needs that can't reach Pulumi's download site. This folder holds nothing else: the engine is built from
 * its published Go module, and what that does not hold is put beside it, two scripts and a language host.
 */

const main = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const version = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${engineVersion}`;
const scripts = ["pulumi-resource-pulumi-nodejs", "pulumi-analyzer-policy-nodejs"];
const minute = 60_000;

/**
 * Builds the engine from Pulumi's published Go module into the cache folder. The Node.js language host is no
 * published module, so the result has none.
 *
 * @throws Error in one line if that fails or takes more than an hour.
 */
export async function goBuild(options: InstallOptions): Promise<Engine> {
  options.log(
    `Building Pulumi ${engineVersion} with Go: takes minutes and some gigabytes of Go's caches, this once.`,
  );
  const started = Date.now();
  const heartbeat = setInterval(
    () => options.log(`… still building, ${Math.round((Date.now() - started) / 1000)} s`),
    minute / 2,
  );
  try {
    return await putInPlace("Go build", options, async (folder) => {
      const bin = join(folder, "bin");
      await mkdir(bin);
      const { code, stderr } = await run(
        "go",
        ["build", "-trimpath", "-ldflags", `-s -w ${version}`, "-o", bin, main],
        {
          cwd: join(__dirname, "module"),
          env: { ...options.env, CGO_ENABLED: "0", GOFLAGS: "-mod=readonly", GOWORK: "off" },
          timeout: 60 * minute,
          signal: options.signal,
        },
      );
      if (code !== 0) throw new Error(lastLine(stderr));
      for (const script of scripts) {
        await copyFile(join(__dirname, "scripts", script), join(bin, script));
        await chmod(join(bin, script), 0o755);
      }
    });
  } finally {
    clearInterval(heartbeat);
  }
}
