// A script of one's own, in place of the command line: declares the rules, looks for drift and reports it.
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import { BucketEncryption } from "pulumi-oss-encryption";

const buckets = process.argv.slice(2);

async function main(): Promise<void> {
  const stack = await LocalWorkspace.createOrSelectStack(
    {
      stackName: "dev",
      projectName: "automation-api",
      program: () => {
        for (const bucket of buckets) new BucketEncryption(bucket, { bucket, sseAlgorithm: "AES256" });
        return Promise.resolve({ buckets });
      },
    },
    // The provider's process finds its packages from here.
    { workDir: __dirname },
  );

  // What has changed in OSS since the last run? A preview, so that the state doesn't take it over if `up` fails.
  const drift: string[] = [];
  await stack.previewRefresh({
    onEvent: ({ resOutputsEvent }) => {
      const { op, urn } = resOutputsEvent?.metadata ?? {};
      if (urn && (op === "update" || op === "delete")) drift.push(`${urn.split("::").at(-1)}: ${op}d`);
    },
  });
  const { summary } = await stack.up({ refresh: true });
  console.log(JSON.stringify({ drift: drift.sort(), changes: summary.resourceChanges }));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
